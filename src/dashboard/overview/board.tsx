/** Which dataset and split the board and the trends are about. */
import { graphql } from '../gql';
import type { BoardDatasetFragment } from '../gql/graphql';
import { setSearchParams, useSearchParam } from '../router/location';
import { integer } from '../ui/format';
import { Leaderboard } from './leaderboard';

graphql(`
  fragment BoardDataset on Dataset {
    id
    name
    splits {
      name
      sampleCount
    }
  }
`);

interface BoardProps {
  datasets: readonly BoardDatasetFragment[];
  /** What the newest result is about, unless the address says otherwise. */
  newest: { id: string; datasetId: string; split: string } | undefined;
}

export function Board({ datasets, newest }: BoardProps) {
  const [datasetId] = useSearchParam('dataset', newest?.datasetId ?? datasets[0]?.id ?? '');
  const dataset = datasets.find(({ id }) => id === datasetId) ?? datasets[0];
  const [splitName] = useSearchParam('split', newest?.split ?? 'test');
  if (dataset === undefined) return null;
  const split = dataset.splits.find(({ name }) => name === splitName)?.name ?? 'test';
  return (
    <>
      <label className="board-choice">
        <span className="label">Results on</span>
        <select
          value={`${dataset.id} ${split}`}
          onChange={({ target }) => {
            const [id, ...name] = target.value.split(' ');
            setSearchParams({ dataset: id, split: name.join(' ') });
          }}
        >
          {datasets.map(({ id, name, splits }) => (
            <optgroup key={id} label={name}>
              {splits.map((one) => (
                <option key={one.name} value={`${id} ${one.name}`}>
                  {name} / {one.name} · {integer(one.sampleCount)} samples
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      <Leaderboard datasetId={dataset.id} split={split} newest={newest?.id} />
    </>
  );
}
