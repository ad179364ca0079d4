/** Something to look at: a second checkpoint by upload where the reference is there, results of both, an alias. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { GraphQLClient } from './graphql-client';

interface Named {
  id: string;
  name: string;
}

/** @param referenceFolder with the reference checkpoints; without it there is only what the service brings */
export async function fillService(url: string, referenceFolder?: string): Promise<void> {
  const client = new GraphQLClient(url);
  if (referenceFolder) {
    await uploadCheckpoint(url, path.join(referenceFolder, 'fashion-cnn.onnx'), 'reference.onnx');
  }
  const checkpoints = (await client.nodes(
    'checkpoints',
    '{ checkpoints { nodes { id name } } }',
  )) as Named[];
  const [dataset] = (await client.field('datasets', '{ datasets { id name } }')) as Named[];
  if (dataset === undefined) throw new Error('the service has no dataset');
  const setAlias =
    'mutation ($id: ID!) { setCheckpointAlias(alias: "champion", checkpointId: $id) { alias } }';
  for (const { id } of [...checkpoints].reverse()) {
    const run = await client.runEvaluation({
      checkpointId: id,
      datasetId: dataset.id,
      force: false,
    });
    await client.settled(run.id);
    await client.field('setCheckpointAlias', setAlias, { id });
  }
}

/** @returns its id */
export async function uploadCheckpoint(url: string, file: string, name: string): Promise<string> {
  const answer = await fetch(`${url}/checkpoints/upload?filename=${encodeURIComponent(name)}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: await readFile(file),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the upload was refused: ${text}`);
  return (JSON.parse(text) as { id: string }).id;
}
