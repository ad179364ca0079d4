/** Which dataset and split the board and the trends are about. */
import { lazy, Suspense } from 'react';
import { graphql } from '../gql';
import type { BoardDatasetFragment } from '../gql/graphql';
import { setSearchParams, useSearchParam } from '../router/location';
import { integer } from '../ui/format';
import { Panel } from '../ui/panel';
import { Skeleton } from '../ui/skeleton';
import { Leaderboard } from './leaderboard';

/** Charts are no part of what the first page needs. */
const Standing = lazy(() => import('./standing'));

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
      <Suspense
        fallback={
          <Panel title="Gate">
            <Skeleton rows={3} />
          </Panel>
        }
      >
        <Standing datasetId={dataset.id} split={split} newest={newest?.id} />
      </Suspense>
    </>
  );
}
