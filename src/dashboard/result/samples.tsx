/** The images behind a cell, a class or the whole, the most telling first. */
import { useState } from 'react';
import { useQuery } from 'urql';
import { Choice } from '../charts/controls/choice';
import { Prediction, SampleCard } from '../charts/sample-card';
import { graphql } from '../gql';
import { useChoice } from '../router/choice';
import { setSearchParams, useSearch } from '../router/location';
import { decimal, integer, percent } from '../ui/format';
import { Loaded } from '../ui/loaded';
import { Panel } from '../ui/panel';

const PAGE_SIZE = 12;

const SAMPLES = graphql(`
  query Samples(
    $id: ID!
    $filter: SampleFilter!
    $orderBy: SampleOrder!
    $direction: OrderDirection!
    $first: Int!
    $after: String
  ) {
    evaluationResult(id: $id) {
      id
      samples(
        filter: $filter
        orderBy: $orderBy
        direction: $direction
        first: $first
        after: $after
      ) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          index
          trueClass
          predictedClass
          trueClassName
          predictedClassName
          probability
          trueProbability
          loss
          imageUrl
          topProbabilities(first: 3) {
            classIndex
            className
            probability
          }
        }
      }
    }
  }
`);

const ONLY = { any: 'right and wrong', wrong: 'wrong', right: 'right' };
const ORDERS = {
  'confidence-desc': 'most confident first',
  'confidence-asc': 'least confident first',
  'loss-desc': 'largest loss first',
  'margin-asc': 'smallest margin first',
  'index-asc': 'as in the split',
};

interface SamplesProps {
  resultId: string;
  classNames: readonly string[];
  sampleCount: number;
}

export function Samples({ resultId, classNames, sampleCount }: SamplesProps) {
  const search = useSearch();
  const trueClass = classIn(search.get('true'), classNames);
  const predictedClass = classIn(search.get('predicted'), classNames);
  const isWhole = trueClass === undefined && predictedClass === undefined;
  // Without a choice: the errors that the checkpoint was surest of.
  const [onlyWhole] = useChoice('only', ['wrong', 'right', 'any']);
  const [onlyCell] = useChoice('only', ['any', 'wrong', 'right']);
  const only = isWhole ? onlyWhole : onlyCell;
  const [order] = useChoice('by', [
    'confidence-desc',
    'confidence-asc',
    'loss-desc',
    'margin-asc',
    'index-asc',
  ]);
  const after = search.get('after');
  const [before, setBefore] = useState<(string | null)[]>([]);
  const [orderBy, direction] = order.toUpperCase().split('-') as [
    'CONFIDENCE' | 'LOSS' | 'MARGIN' | 'INDEX',
    'ASC' | 'DESC',
  ];
  const [query] = useQuery({
    query: SAMPLES,
    variables: {
      id: resultId,
      filter: {
        ...(trueClass !== undefined && { trueClass }),
        ...(predictedClass !== undefined && { predictedClass }),
        ...(only !== 'any' && { correct: only === 'right' }),
      },
      orderBy,
      direction,
      first: PAGE_SIZE,
      after,
    },
  });
  const change = (changes: Readonly<Record<string, string | undefined>>) => {
    setBefore([]);
    setSearchParams({ ...changes, after: undefined });
  };
  const goTo = (cursor: string | null) => {
    setSearchParams({ after: cursor ?? undefined });
    document.getElementById('samples')?.scrollIntoView({ block: 'start' });
  };
  const page = query.data?.evaluationResult?.samples;
  return (
    <div id="samples">
      <Panel
        title="Samples"
        actions={
          <>
            <ClassChoice
              label="True"
              names={classNames}
              value={trueClass}
              onChange={(value) => {
                change({ true: value, only: undefined });
              }}
            />
            <ClassChoice
              label="Predicted"
              names={classNames}
              value={predictedClass}
              onChange={(value) => {
                change({ predicted: value, only: undefined });
              }}
            />
            <Choice
              label="Only"
              value={only}
              options={ONLY}
              onChange={(value) => {
                change({ only: value });
              }}
            />
            <Choice
              label="Order"
              value={order}
              options={ORDERS}
              onChange={(value) => {
                change({ by: value });
              }}
            />
          </>
        }
      >
        <p className="note" role="status">
          {page === undefined
            ? 'Counting…'
            : `${integer(page.totalCount)} of ${integer(sampleCount)} samples: ${sentence(only, trueClass, predictedClass, classNames)}, ${ORDERS[order]}`}
        </p>
        <Loaded query={query} rows={6}>
          {({ evaluationResult }) => (
            <ul className="samples" aria-busy={query.fetching}>
              {evaluationResult?.samples.nodes.map((sample) => (
                <SampleCard key={sample.index} sample={sample}>
                  <Prediction said={sample} />
                  <dl className="chances">
                    {sample.topProbabilities
                      .slice(1)
                      .map(({ classIndex, className, probability }) => (
                        <div key={classIndex}>
                          <dt title={className}>{className}</dt>
                          <dd>{percent(probability, 1)}</dd>
                        </div>
                      ))}
                  </dl>
                  <span className="soft">
                    no. {integer(sample.index)}, loss {decimal(sample.loss, 2)}
                  </span>
                </SampleCard>
              ))}
            </ul>
          )}
        </Loaded>
        {(after !== null || page?.pageInfo.hasNextPage === true) && (
          <nav className="pages" aria-label="Pages of samples">
            <button
              type="button"
              disabled={after === null}
              onClick={() => {
                goTo(before.at(-1) ?? null);
                setBefore(before.slice(0, -1));
              }}
            >
              {after !== null && before.length === 0 ? 'First page' : 'Previous'}
            </button>
            <button
              type="button"
              disabled={page?.pageInfo.hasNextPage !== true}
              onClick={() => {
                setBefore([...before, after]);
                goTo(page?.pageInfo.endCursor ?? null);
              }}
            >
              Next
            </button>
          </nav>
        )}
      </Panel>
    </div>
  );
}

interface ClassChoiceProps {
  label: string;
  names: readonly string[];
  value: number | undefined;
  onChange: (value: string | undefined) => void;
}

function ClassChoice({ label, names, value, onChange }: ClassChoiceProps) {
  return (
    <label className="choice">
      <span>{label}</span>
      <select
        value={value ?? ''}
        onChange={({ target }) => {
          onChange(target.value === '' ? undefined : target.value);
        }}
      >
        <option value="">any class</option>
        {names.map((name, index) => (
          <option key={index} value={index}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function classIn(value: string | null, names: readonly string[]): number | undefined {
  const index = value === null || !/^\d+$/.test(value) ? NaN : Number(value);
  return index < names.length ? index : undefined;
}

function sentence(
  only: keyof typeof ONLY,
  trueClass: number | undefined,
  predictedClass: number | undefined,
  names: readonly string[],
): string {
  const parts = [
    only === 'any' ? '' : `predicted ${only === 'right' ? 'rightly' : 'wrongly'}`,
    trueClass === undefined ? '' : `truly ${names[trueClass] ?? ''}`,
    predictedClass === undefined ? '' : `taken for ${names[predictedClass] ?? ''}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'all of them' : parts.join(', ');
}
