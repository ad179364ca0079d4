/** What the files of a checkpoint hold: each layer with its shapes, and where its numbers are. */
import { useQuery } from 'urql';
import { SaveMenu } from '../charts/save/save-menu';
import { graphql } from '../gql';
import type { CheckpointLayersQuery } from '../gql/graphql';
import { setSearchParams, useSearchParam } from '../router/location';
import { bytes, integer, percent } from '../ui/format';
import { Loaded } from '../ui/loaded';
import { Panel } from '../ui/panel';

const LAYERS = graphql(`
  query CheckpointLayers($id: ID!, $first: Int!, $offset: Int!) {
    checkpoint(id: $id) {
      id
      parameterCount
      files {
        name
        sizeBytes
      }
      layers(first: $first, offset: $offset) {
        totalCount
        nodes {
          name
          kind
          outputShape
          weightShapes
          parameterCount
        }
      }
    }
  }
`);

type Contents = CheckpointLayersQuery['checkpoint'];
type Layer = Contents['layers']['nodes'][number];

const PAGE_SIZE = 50;

export function Layers({ checkpointId }: { checkpointId: string }) {
  const [offsetText] = useSearchParam('layer', '0');
  const offset = Math.max(0, Number.parseInt(offsetText, 10) || 0);
  const [query] = useQuery({
    query: LAYERS,
    variables: { id: checkpointId, first: PAGE_SIZE, offset },
  });
  const shown = query.data?.checkpoint;
  return (
    <Panel
      title="Layers"
      actions={shown && <SaveMenu title="Layers" rows={() => csvOf(shown.layers.nodes, offset)} />}
    >
      <Loaded query={query} rows={10}>
        {({ checkpoint }) => (
          <>
            <Table checkpoint={checkpoint} offset={offset} />
            <Pages total={checkpoint.layers.totalCount} offset={offset} />
            <p className="note">
              {checkpoint.files
                .map(({ name, sizeBytes }) => `${name}: ${bytes(sizeBytes)}`)
                .join(', ')}
            </p>
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function Table({ checkpoint, offset }: { checkpoint: Contents; offset: number }) {
  const { layers, parameterCount: all } = checkpoint;
  return (
    <div className="table-frame" tabIndex={0} role="region" aria-label="Table of layers">
      <table className="layers">
        <thead>
          <tr>
            <th scope="col" className="number">
              No.
            </th>
            <th scope="col">Layer</th>
            <th scope="col">Name</th>
            <th scope="col">Output</th>
            <th scope="col">Weights</th>
            <th scope="col" className="number">
              Parameters
            </th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {layers.nodes.map((layer, index) => (
            <tr key={offset + index}>
              <td className="number">{integer(offset + index + 1)}</td>
              <th scope="row" className="cut" title={layer.kind}>
                {layer.kind}
              </th>
              <td className="cut" title={layer.name}>
                {layer.name || '–'}
              </td>
              <td>{layer.outputShape?.join('×') ?? '–'}</td>
              <td className="cut" title={weightText(layer)}>
                {weightText(layer) || '–'}
              </td>
              <td className="number">
                {layer.parameterCount === 0 ? '–' : integer(layer.parameterCount)}
              </td>
              <td>{all > 0 && <Share value={layer.parameterCount / all} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const weightText = ({ weightShapes }: Layer) =>
  weightShapes.map((shape) => `[${shape.join(', ')}]`).join(' ');

/** A graph's node may take weights that another takes too, so that shares can pass the whole. */
function Share({ value }: { value: number }) {
  if (value === 0) return null;
  return (
    <span className="share">
      <svg width="80" height="8" aria-hidden="true">
        <rect width={Math.max(1, 80 * Math.min(value, 1))} height="8" />
      </svg>
      {percent(value, 1)}
    </span>
  );
}

function Pages({ total, offset }: { total: number; offset: number }) {
  if (total <= PAGE_SIZE && offset === 0) return null;
  const goTo = (next: number) => {
    setSearchParams({ layer: next <= 0 ? undefined : String(next) });
  };
  return (
    <nav className="pager" aria-label="Pages of layers">
      <span className="soft">
        {integer(Math.min(offset + 1, total))} to {integer(Math.min(offset + PAGE_SIZE, total))} of{' '}
        {integer(total)}
      </span>
      <button
        type="button"
        disabled={offset === 0}
        onClick={() => {
          goTo(offset - PAGE_SIZE);
        }}
      >
        Previous
      </button>
      <button
        type="button"
        disabled={offset + PAGE_SIZE >= total}
        onClick={() => {
          goTo(offset + PAGE_SIZE);
        }}
      >
        Next
      </button>
    </nav>
  );
}

function csvOf(layers: readonly Layer[], offset: number) {
  return [
    ['number', 'kind', 'name', 'outputShape', 'weightShapes', 'parameterCount'],
    ...layers.map((layer, index) => [
      offset + index + 1,
      layer.kind,
      layer.name,
      layer.outputShape?.join('×'),
      weightText(layer),
      layer.parameterCount,
    ]),
  ];
}
