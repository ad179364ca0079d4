/** The files and layers of a stored checkpoint over GraphQL: what `assay checkpoint show` tells of its own files. */
import { copyFile, rename, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { listLayers } from '../../../src/checkpoints/formats/list-layers';
import { readCheckpoint } from '../../../src/checkpoints/formats/read-checkpoint';
import { writeLayersModel, writeOnnxModel } from '../../support/layers-models';
import { startTestService, type TestService } from '../../support/test-service';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ worker: false });
});

afterAll(() => service.end());

const CONTENTS = `query ($id: ID!, $first: Int! = 100, $offset: Int! = 0) { checkpoint(id: $id) {
  files { name sizeBytes }
  layers(first: $first, offset: $offset) {
    totalCount nodes { name kind outputShape weightShapes parameterCount } } } }`;

interface Contents {
  files: { name: string; sizeBytes: number }[];
  layers: { totalCount: number; nodes: unknown[] };
}

const contentsOf = async (variables: Record<string, unknown>) =>
  (await service.client.field('checkpoint', CONTENTS, variables)) as Contents;

it('a tfjs model has its files and layers, with shapes and parameters', async () => {
  const folder = await writeLayersModel(path.join(service.root, 'net'), { filters: [3, 4] });
  const id = await service.client.register('net');
  const { files, layers } = await contentsOf({ id });
  expect(files.map(({ name }) => name)).toEqual(['model.json', 'weights.bin']);
  for (const { name, sizeBytes } of files) {
    expect(sizeBytes).toBe((await stat(path.join(folder, name))).size);
  }
  const listed = listLayers(await readCheckpoint(folder));
  expect(layers).toEqual({ totalCount: listed.length, nodes: listed });
  expect(layers.nodes).toContainEqual(
    expect.objectContaining({
      kind: 'conv 3→4 3×3',
      weightShapes: [[4, 3, 3, 3], [4]],
      parameterCount: 112,
    }),
  );
});

it('of a graph the nodes are listed, page by page', async () => {
  const file = path.join(service.root, 'net.onnx');
  await writeOnnxModel(file, path.join(service.root, 'layers'), { filters: [3, 4], seed: 5 });
  const id = await service.client.register('net.onnx');
  const listed = listLayers(await readCheckpoint(file));
  expect((await contentsOf({ id })).layers.nodes).toEqual(listed);
  const { layers } = await contentsOf({ id, first: 2, offset: 1 });
  expect(layers).toEqual({ totalCount: listed.length, nodes: listed.slice(1, 3) });
  expect(await service.client.codes(CONTENTS, { id, first: 101 })).toEqual(['BAD_USER_INPUT']);
});

it('files that are gone or damaged are told by a code, and looked at again once they are back', async () => {
  await writeLayersModel(path.join(service.root, 'gone'), { seed: 9 });
  const id = await service.client.register('gone');
  const { digest } = await service.app.services.checkpoints.get(id);
  const folder = path.join(service.store, digest);
  await rename(folder, `${folder}.away`);
  expect(await service.client.codes(CONTENTS, { id })).toContain('CHECKPOINT_MISSING');
  await rename(`${folder}.away`, folder);
  const model = path.join(folder, 'model.json');
  await copyFile(model, `${model}.whole`);
  await truncate(model, 40);
  expect(await service.client.codes(CONTENTS, { id })).toContain('CHECKPOINT_CORRUPT');
  await rename(`${model}.whole`, model);
  expect((await contentsOf({ id })).layers.totalCount).toBeGreaterThan(0);
});
