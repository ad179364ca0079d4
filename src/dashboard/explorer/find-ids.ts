/** Ids of what the service has, so that the examples run as they are. */
import type { Ids } from './examples';
import { ask } from './fetcher';

const QUERY = `{
  checkpoints(first: 1) { nodes { id } }
  datasets(first: 1) { id }
  evaluationRuns(first: 1, filter: { states: [SUCCEEDED] }) { nodes { id } }
}`;

interface Found {
  data?: {
    checkpoints: { nodes: { id: string }[] };
    datasets: { id: string }[];
    evaluationRuns: { nodes: { id: string }[] };
  };
}

/** What is not there yet, or may not be asked, is empty. */
export async function findIds(): Promise<Ids> {
  const { data } = await ask({ query: QUERY }).then(
    (answer) => answer as Found,
    (): Found => ({}),
  );
  return {
    checkpointId: data?.checkpoints.nodes[0]?.id ?? '',
    datasetId: data?.datasets[0]?.id ?? '',
    runId: data?.evaluationRuns.nodes[0]?.id ?? '',
  };
}
