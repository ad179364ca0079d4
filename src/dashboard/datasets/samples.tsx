/** The images of a split, page by page, of one class or of all. */
import { useQuery } from 'urql';
import { graphql } from '../gql';
import { setSearchParams, useSearchParam } from '../router/location';
import { Empty } from '../ui/empty';
import { integer } from '../ui/format';
import { Loaded } from '../ui/loaded';
import { Panel } from '../ui/panel';
import { SampleImage } from '../ui/sample-image';

const SAMPLES = graphql(`
  query DatasetSamples($id: ID!, $split: String!, $classIndex: Int, $first: Int!, $offset: Int!) {
    dataset(id: $id) {
      id
      samples(split: $split, classIndex: $classIndex, first: $first, offset: $offset) {
        index
        className
        imageUrl
      }
    }
  }
`);

const PAGE_SIZE = 60;

interface SamplesProps {
  datasetId: string;
  classNames: readonly string[];
  splits: readonly string[];
}

export function Samples({ datasetId, classNames, splits }: SamplesProps) {
  const [wanted] = useSearchParam('split', 'test');
  const split = splits.includes(wanted) ? wanted : (splits[0] ?? 'test');
  const [classText] = useSearchParam('class', '');
  const [offsetText] = useSearchParam('offset', '0');
  const offset = Math.max(0, Number.parseInt(offsetText, 10) || 0);
  const classIndex = classText in classNames ? Number(classText) : undefined;
  const [query] = useQuery({
    query: SAMPLES,
    variables: {
      id: datasetId,
      split,
      first: PAGE_SIZE,
      offset,
      ...(classIndex !== undefined && { classIndex }),
    },
  });
  const step = (by: number) => {
    const next = Math.max(0, offset + by);
    setSearchParams({ offset: next === 0 ? undefined : String(next) });
  };
  return (
    <Panel title="Samples" actions={<Choices {...{ classNames, splits, split, classText }} />}>
      <Loaded query={query} rows={8}>
        {({ dataset: { samples } }) => (
          <>
            {samples.length === 0 ? (
              <Empty>There are no more samples.</Empty>
            ) : (
              <ul className="images">
                {samples.map(({ index, className, imageUrl }) => (
                  <li key={index}>
                    <SampleImage url={imageUrl} alt="" size={84} />
                    <span>{className}</span>
                    <span className="label">{integer(index)}</span>
                  </li>
                ))}
              </ul>
            )}
            <nav className="pager" aria-label="Pages of samples">
              <button
                type="button"
                disabled={offset === 0}
                onClick={() => {
                  step(-PAGE_SIZE);
                }}
              >
                Back
              </button>
              <button
                type="button"
                disabled={samples.length < PAGE_SIZE}
                onClick={() => {
                  step(PAGE_SIZE);
                }}
              >
                On
              </button>
            </nav>
          </>
        )}
      </Loaded>
    </Panel>
  );
}

interface ChoicesProps {
  classNames: readonly string[];
  splits: readonly string[];
  split: string;
  classText: string;
}

function Choices({ classNames, splits, split, classText }: ChoicesProps) {
  return (
    <>
      <label>
        <span className="label">Split</span>{' '}
        <select
          value={split}
          onChange={({ target }) => {
            setSearchParams({ split: target.value, offset: undefined });
          }}
        >
          {splits.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        <span className="label">Class</span>{' '}
        <select
          value={classText}
          onChange={({ target }) => {
            setSearchParams({ class: target.value || undefined, offset: undefined });
          }}
        >
          <option value="">all</option>
          {classNames.map((name, index) => (
            <option key={name} value={index}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}
