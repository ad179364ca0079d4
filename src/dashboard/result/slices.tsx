/** Parts of the split on which the checkpoint is weaker than on the rest. */
import { useQuery } from 'urql';
import { Choice } from '../charts/controls/choice';
import { SaveMenu } from '../charts/save/save-menu';
import { graphql } from '../gql';
import { useChoice } from '../router/choice';
import { decimal, integer, percent, pValue, signed } from '../ui/format';
import { Loaded } from '../ui/loaded';
import { Panel } from '../ui/panel';

const SLICES = graphql(`
  query Slices($id: ID!, $kind: SliceKind) {
    evaluationResult(id: $id) {
      id
      slices(kind: $kind, first: 50) {
        kind
        name
        lower
        upper
        sampleCount
        accuracy
        accuracyInterval {
          lower
          upper
        }
        loss
        deltaToRest
        pValue
        adjustedPValue
      }
    }
  }
`);

const KINDS = {
  ANY: 'of all kinds',
  CLASS: 'true class',
  BRIGHTNESS: 'brightness',
  CONTRAST: 'contrast',
  INK: 'ink',
  TAG: 'tags of the data',
};

/** Below it, an adjusted p-value is taken for more than chance. */
const ALPHA = 0.05;

export function Slices({ resultId }: { resultId: string }) {
  const [kind, setKind] = useChoice('slices', [
    'ANY',
    'CLASS',
    'BRIGHTNESS',
    'CONTRAST',
    'INK',
    'TAG',
  ]);
  const [query] = useQuery({
    query: SLICES,
    variables: { id: resultId, kind: kind === 'ANY' ? null : kind },
  });
  const slices = query.data?.evaluationResult?.slices ?? [];
  const csv = () => [
    [
      'kind',
      'name',
      'lower',
      'upper',
      'sampleCount',
      'accuracy',
      'accuracyLower',
      'accuracyUpper',
    ].concat(['loss', 'deltaToRest', 'pValue', 'adjustedPValue']),
    ...slices.map((slice) => [
      slice.kind,
      slice.name,
      slice.lower,
      slice.upper,
      slice.sampleCount,
      slice.accuracy,
      slice.accuracyInterval.lower,
      slice.accuracyInterval.upper,
      slice.loss,
      slice.deltaToRest,
      slice.pValue,
      slice.adjustedPValue,
    ]),
  ];
  return (
    <Panel
      title="Slices"
      actions={
        <>
          <Choice label="Slices" value={kind} options={KINDS} onChange={setKind} />
          <SaveMenu title="Slices" rows={csv} />
        </>
      }
    >
      <Loaded query={query} rows={10}>
        {({ evaluationResult }) =>
          evaluationResult?.slices.length === 0 ? (
            <p className="note">The data have no slices of this kind.</p>
          ) : (
            <div className="table-frame" tabIndex={0} role="region" aria-label="Table of slices">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Slice</th>
                    <th scope="col" className="number">
                      Samples
                    </th>
                    <th scope="col" className="number">
                      Accuracy
                    </th>
                    <th scope="col" className="number">
                      To the rest, points
                    </th>
                    <th scope="col" className="number">
                      Loss
                    </th>
                    <th scope="col" className="number">
                      p, Holm
                    </th>
                    <th scope="col">Meaning</th>
                  </tr>
                </thead>
                <tbody>
                  {evaluationResult?.slices.map((slice) => (
                    <tr key={`${slice.kind} ${slice.name}`}>
                      <th scope="row">
                        {slice.name} <span className="soft">{bounds(slice)}</span>
                      </th>
                      <td className="number">{integer(slice.sampleCount)}</td>
                      <td className="number">
                        {percent(slice.accuracy, 1)}{' '}
                        <span className="soft">
                          {percent(slice.accuracyInterval.lower, 1)} to{' '}
                          {percent(slice.accuracyInterval.upper, 1)}
                        </span>
                      </td>
                      <td className="number">{signed(slice.deltaToRest, 1)}</td>
                      <td className="number">{decimal(slice.loss, 3)}</td>
                      <td className="number">{pValue(slice.adjustedPValue)}</td>
                      <td>{meaning(slice)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
      <p className="note">
        The weakest first, by the upper ends of their 95% intervals. Fisher’s exact test against all
        other samples, corrected for the number of slices.
      </p>
    </Panel>
  );
}

interface Slice {
  lower: number | null;
  upper: number | null;
  deltaToRest: number;
  adjustedPValue: number;
}

function bounds({ lower, upper }: Slice): string {
  return lower === null || upper === null ? '' : `${decimal(lower, 2)} to ${decimal(upper, 2)}`;
}

function meaning({ deltaToRest, adjustedPValue }: Slice) {
  if (adjustedPValue >= ALPHA) return <span className="soft">may be chance</span>;
  return deltaToRest < 0 ? (
    <span className="is-bad">weaker</span>
  ) : (
    <span className="is-good">stronger</span>
  );
}
