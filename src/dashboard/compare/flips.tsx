/** The samples on which the two part, with their images. */
import { useQuery } from 'urql';
import { Choice } from '../charts/controls/choice';
import { Prediction, SampleCard } from '../charts/sample-card';
import { graphql } from '../gql';
import { useChoice } from '../router/choice';
import { setSearchParams, useSearch } from '../router/location';
import { integer } from '../ui/format';
import { Loaded } from '../ui/loaded';
import { Panel } from '../ui/panel';

const PAGE_SIZE = 12;

const FLIPS = graphql(`
  query Flips($baseline: ID!, $candidate: ID!, $kind: FlipKind!, $first: Int!, $offset: Int!) {
    compareResults(baselineId: $baseline, candidateId: $candidate) {
      flipSamples(kind: $kind, first: $first, offset: $offset) {
        index
        trueClassName
        imageUrl
        baseline {
          trueClass
          predictedClass
          predictedClassName
          probability
        }
        candidate {
          trueClass
          predictedClass
          predictedClassName
          probability
        }
      }
    }
  }
`);

const KINDS = {
  RIGHT_TO_WRONG: 'right before, wrong now',
  WRONG_TO_RIGHT: 'wrong before, right now',
  BOTH_WRONG_DIFFERENTLY: 'wrong in both, differently',
};

export function Flips({ baseline, candidate }: { baseline: string; candidate: string }) {
  const [kind] = useChoice('flips', ['RIGHT_TO_WRONG', 'WRONG_TO_RIGHT', 'BOTH_WRONG_DIFFERENTLY']);
  const page = pageIn(useSearch().get('page'));
  const [query] = useQuery({
    query: FLIPS,
    // One more than is shown tells whether there is a next page.
    variables: { baseline, candidate, kind, first: PAGE_SIZE + 1, offset: page * PAGE_SIZE },
  });
  const found = query.data?.compareResults.flipSamples ?? [];
  const goTo = (next: number) => {
    setSearchParams({ page: next === 0 ? undefined : String(next + 1) });
  };
  return (
    <Panel
      title="Flipped samples"
      actions={
        <Choice
          label="Which"
          value={kind}
          options={KINDS}
          onChange={(value) => {
            setSearchParams({ flips: value, page: undefined });
          }}
        />
      }
    >
      <Loaded query={query} rows={6}>
        {({ compareResults }) =>
          compareResults.flipSamples.length === 0 ? (
            <p className="note">None.</p>
          ) : (
            <ul className="samples" aria-busy={query.fetching}>
              {compareResults.flipSamples.slice(0, PAGE_SIZE).map((sample) => (
                <SampleCard key={sample.index} sample={sample}>
                  <Prediction said={sample.baseline} by="before" />
                  <Prediction said={sample.candidate} by="now" />
                  <span className="soft">no. {integer(sample.index)}</span>
                </SampleCard>
              ))}
            </ul>
          )
        }
      </Loaded>
      {(page > 0 || found.length > PAGE_SIZE) && (
        <nav className="pages" aria-label="Pages of flipped samples">
          <button
            type="button"
            disabled={page === 0}
            onClick={() => {
              goTo(page - 1);
            }}
          >
            Previous
          </button>
          <button
            type="button"
            disabled={found.length <= PAGE_SIZE}
            onClick={() => {
              goTo(page + 1);
            }}
          >
            Next
          </button>
          <span className="soft">Page {integer(page + 1)}</span>
        </nav>
      )}
    </Panel>
  );
}

/** From 0; the address counts from 1. */
function pageIn(value: string | null): number {
  return value !== null && /^[1-9]\d{0,6}$/.test(value) ? Number(value) - 1 : 0;
}
