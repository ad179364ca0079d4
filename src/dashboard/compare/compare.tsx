/** Results on the same samples: which is better, by how much, and on which images they part. */
import { useQuery } from 'urql';
import { graphql } from '../gql';
import { setSearchParams, useSearch } from '../router/location';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { ClassFlips } from './class-flips';
import { Deltas } from './deltas';
import { Difference } from './difference';
import { Flips } from './flips';
import { Many } from './many';
import { ResultPicker } from './result-picker';
import { VerdictPanel } from './verdict';
import './compare.css';

const COMPARISON = graphql(`
  query Comparison($baseline: ID!, $candidate: ID!) {
    compareResults(baselineId: $baseline, candidateId: $candidate) {
      sampleCount
      ...Verdict
      ...Deltas
      ...ClassFlips
      confusionDifference
      baseline {
        id
        confusionMatrix {
          classNames
          counts
        }
      }
      candidate {
        id
        confusionMatrix {
          counts
        }
      }
    }
  }
`);

export default function Compare() {
  const search = useSearch();
  const baseline = search.get('baseline') ?? '';
  const candidate = search.get('candidate') ?? '';
  const isChosen = baseline !== '' && candidate !== '';
  const others = othersIn(search.get('also'), [baseline, candidate]);
  const setOthers = (ids: readonly string[]) => ({
    also: ids.length === 0 ? undefined : ids.join(','),
  });
  return (
    <>
      <PageHead
        title="Compare"
        lead="A candidate against a baseline, sample by sample."
        actions={
          <button
            type="button"
            disabled={!isChosen}
            onClick={() => {
              setSearchParams({ baseline: candidate, candidate: baseline, ...WITHOUT_VIEW });
            }}
          >
            Swap
          </button>
        }
      />
      <ResultPicker
        baseline={baseline}
        candidate={candidate}
        others={others}
        onChange={(changes) => {
          setSearchParams({ ...changes, ...WITHOUT_VIEW });
        }}
        onAdd={(id) => {
          setSearchParams(setOthers([...others, id]));
        }}
      />
      {!isChosen && <p>Choose two results of the same dataset and split.</p>}
      {isChosen && baseline === candidate && <p>These are the same result: choose another one.</p>}
      {isChosen && baseline !== candidate && others.length > 0 && (
        <Many
          {...{ baseline, others }}
          closer={candidate}
          onCloser={(id) => {
            const rest = [candidate, ...others].filter((other) => other !== id);
            setSearchParams({ candidate: id, ...setOthers(rest), ...WITHOUT_VIEW });
          }}
          onRemove={(id) => {
            setSearchParams(setOthers(others.filter((other) => other !== id)));
          }}
        />
      )}
      {isChosen && baseline !== candidate && (
        // Anew for each pair: what was said of another one must not stand there while this one is compared.
        <Pair key={`${baseline} ${candidate}`} {...{ baseline, candidate }} />
      )}
    </>
  );
}

function Pair({ baseline, candidate }: { baseline: string; candidate: string }) {
  const [query] = useQuery({ query: COMPARISON, variables: { baseline, candidate } });
  return (
    <Loaded query={query} rows={14}>
      {({ compareResults: comparison }) => (
        <>
          <VerdictPanel comparison={comparison} />
          <Deltas comparison={comparison} />
          <Difference comparison={comparison} />
          <Flips baseline={baseline} candidate={candidate} />
          <ClassFlips comparison={comparison} />
        </>
      )}
    </Loaded>
  );
}

/** Further candidates, with commas; each once, and none that is chosen already. */
function othersIn(value: string | null, chosen: readonly string[]): string[] {
  const ids = (value ?? '').split(',').filter((id) => id !== '' && !chosen.includes(id));
  return [...new Set(ids)];
}

/** What is only meant for the pair that is left. */
const WITHOUT_VIEW = { true: undefined, predicted: undefined, page: undefined };
