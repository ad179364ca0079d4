/** Samples whose label is in doubt. */
import { useQuery } from 'urql';
import { Prediction, SampleCard } from '../charts/sample-card';
import { graphql } from '../gql';
import { decimal } from '../ui/format';
import { Loaded } from '../ui/loaded';
import { Panel } from '../ui/panel';

const LABEL_ERRORS = graphql(`
  query LabelErrors($id: ID!) {
    evaluationResult(id: $id) {
      id
      possibleLabelErrors(first: 12) {
        score
        suggestedClassName
        sample {
          index
          trueClass
          trueClassName
          predictedClass
          predictedClassName
          probability
          imageUrl
        }
      }
    }
  }
`);

export function LabelErrors({ resultId }: { resultId: string }) {
  const [query] = useQuery({ query: LABEL_ERRORS, variables: { id: resultId } });
  return (
    <Panel title="Possible label errors">
      <p className="note">
        Labels that the predictions contradict (confident learning), the likeliest error first. On
        samples that the checkpoint was trained on they mean little.
      </p>
      <Loaded query={query} rows={6}>
        {({ evaluationResult }) =>
          evaluationResult?.possibleLabelErrors.length === 0 ? (
            <p className="note">None.</p>
          ) : (
            <ul className="samples">
              {evaluationResult?.possibleLabelErrors.map(
                ({ sample, suggestedClassName, score }) => (
                  <SampleCard key={sample.index} sample={sample}>
                    <span title={suggestedClassName}>rather {suggestedClassName}</span>
                    <Prediction said={sample} />
                    <span className="soft">
                      no. {sample.index}, score {decimal(score, 2)}
                    </span>
                  </SampleCard>
                ),
              )}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
