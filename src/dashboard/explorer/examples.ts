/** Operations to begin with; each runs as it is. */
/** What the examples are about. */
export interface Ids {
  checkpointId: string;
  datasetId: string;
  /** Of the newest run, which is its result's too. */
  runId: string;
}

export interface Example {
  /** In the address. */
  name: string;
  label: string;
  query: string;
  variables: string;
}

const RUN = `# Starts an evaluation and answers at once; where an equal result is stored, with its run.
mutation RunEvaluation($input: RunEvaluationInput!) {
  runEvaluation(input: $input) {
    id
    state
  }
}
`;

const RESULTS = `# The newest results, with what was evaluated on what.
query PastResults {
  evaluationResults(first: 5) {
    nodes {
      id
      createdAt
      accuracy
      macroF1
      loss
      checkpoint {
        name
        digest
      }
      dataset {
        name
      }
      split
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`;

const MATRIX = `# Rows are true classes, columns predicted ones.
query ConfusionMatrix($id: ID!) {
  evaluationResult(id: $id) {
    accuracy
    confusionMatrix {
      classNames
      counts
      normalized(by: TRUE)
    }
  }
}
`;

const SAMPLES = `# The most confident errors, with the addresses of their images.
query ConfidentErrors($id: ID!) {
  evaluationResult(id: $id) {
    samples(filter: { correct: false }, orderBy: CONFIDENCE, direction: DESC, first: 10) {
      totalCount
      nodes {
        index
        trueClassName
        predictedClassName
        probability
        imageUrl
      }
    }
  }
}
`;

const FOLLOW = `# The run as it is now, then each change, until it has ended.
subscription FollowRun($id: ID!) {
  evaluationRunUpdated(id: $id) {
    state
    progress {
      samplesDone
      samplesTotal
      imagesPerSecond
      secondsLeft
    }
    failure {
      code
      message
    }
  }
}
`;

export function makeExamples({ checkpointId, datasetId, runId }: Ids): [Example, ...Example[]] {
  const text = (variables: unknown) => JSON.stringify(variables, undefined, 2);
  const input = { checkpointId, datasetId, split: 'test', engine: 'ONNX' };
  return [
    { name: 'results', label: 'Past results', query: RESULTS, variables: '{}' },
    { name: 'run', label: 'Run an evaluation', query: RUN, variables: text({ input }) },
    { name: 'follow', label: 'Follow a run', query: FOLLOW, variables: text({ id: runId }) },
    { name: 'matrix', label: 'Confusion matrix', query: MATRIX, variables: text({ id: runId }) },
    { name: 'errors', label: 'Confident errors', query: SAMPLES, variables: text({ id: runId }) },
  ];
}
