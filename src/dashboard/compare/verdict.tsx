/** The answer in words, and the counts that it rests on. */
import { graphql } from '../gql';
import type { Verdict, VerdictFragment } from '../gql/graphql';
import { integer, percent, pValue } from '../ui/format';
import { Panel } from '../ui/panel';

export const VERDICT = graphql(`
  fragment Verdict on ResultComparison {
    verdict
    verdictText
    level
    mcnemar {
      onlyBaselineCorrect
      onlyCandidateCorrect
      pValue
    }
    flips {
      rightToWrong
      wrongToRight
      bothRight
      bothWrong
      churn
    }
  }
`);

const WORDS: Readonly<Record<Verdict, { sign: string; text: string; className: string }>> = {
  BETTER: { sign: '▲', text: 'Better', className: 'verdict-good' },
  WORSE: { sign: '▼', text: 'Worse', className: 'verdict-bad' },
  NOT_DISTINGUISHABLE: { sign: '=', text: 'Not distinguishable', className: '' },
};

export function VerdictPanel({ comparison }: { comparison: VerdictFragment }) {
  const { verdict, verdictText, flips, mcnemar } = comparison;
  return (
    <Panel title="Verdict">
      <div className="panel-body verdict">
        <p className="verdict-word">
          <VerdictWord verdict={verdict} />
        </p>
        <p>{verdictText}</p>
        <dl className="counts">
          <Count label="right before, wrong now" value={integer(flips.rightToWrong)} />
          <Count label="wrong before, right now" value={integer(flips.wrongToRight)} />
          <Count label="both right" value={integer(flips.bothRight)} />
          <Count label="both wrong" value={integer(flips.bothWrong)} />
          <Count label="churn: predicted differently" value={percent(flips.churn)} />
          <Count label="p, exact McNemar test" value={pValue(mcnemar.pValue)} />
        </dl>
      </div>
    </Panel>
  );
}

/** In a word with a sign. */
export function VerdictWord({ verdict }: { verdict: Verdict }) {
  const { sign, text, className } = WORDS[verdict];
  return (
    <span className={className}>
      <span aria-hidden="true">{sign}</span> {text}
    </span>
  );
}

function Count({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
