/** The address of every page, those of single things by what the service has. */
import { GraphQLClient } from './graphql-client';

interface Things {
  evaluationResults: { nodes: { id: string; checkpoint: { id: string } }[] };
  datasets: { id: string }[];
}

/** @returns a name for each, and its address on the service */
export async function addressesOf(url: string): Promise<Map<string, string>> {
  const { data } = await new GraphQLClient(url).send(
    '{ evaluationResults(first: 2) { nodes { id checkpoint { id } } } datasets(first: 1) { id } }',
  );
  const { evaluationResults, datasets } = data as unknown as Things;
  const [newest, before] = evaluationResults.nodes;
  const [dataset] = datasets;
  if (newest === undefined || dataset === undefined) throw new Error('the service has no result');
  return new Map([
    ['overview', '/'],
    ['runs', '/runs'],
    ['new-run', '/runs/new'],
    ['run', `/runs/${newest.id}`],
    ['result', `/results/${newest.id}`],
    ['compare', `/compare?baseline=${(before ?? newest).id}&candidate=${newest.id}`],
    ['checkpoints', '/checkpoints'],
    ['checkpoint', `/checkpoints/${newest.checkpoint.id}`],
    ['datasets', '/datasets'],
    ['dataset', `/datasets/${dataset.id}`],
    ['workers', '/workers'],
    ['explorer', '/explorer'],
  ]);
}
