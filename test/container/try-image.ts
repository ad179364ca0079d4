/**
 * Looks into a built image and runs it as an engine would: the last part of run.sh, in a network of its own.
 *
 *   try-image.ts ROOT INSPECTED     ROOT: the image's files; INSPECTED: a file with what `buildah inspect` says
 */
import assert from 'node:assert/strict';
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../support/eventually';
import { GraphQLClient } from '../support/graphql-client';
import { lookInto } from './look-into-image';
import { type ImageConfig, RunningImage } from './running-image';

const START_MS = 180_000;

async function main(root: string, inspected: string): Promise<void> {
  const { Docker } = JSON.parse(readFileSync(inspected, 'utf8')) as {
    Docker: { config: ImageConfig };
  };
  say(`${lookInto(root, Docker.config)} packages on its list, no build tools`);
  const data = mkdtempSync(path.join(tmpdir(), 'assay-image-'));
  chownSync(data, 1000, 1000);
  const image = new RunningImage(root, data, Docker.config);
  try {
    await refusals(image);
    const create = ['token', 'create', '--name', 'try', '--role', 'runner', '--json'];
    const { token } = JSON.parse((await image.assay(create)).stdout) as { token: string };
    const first = await served(image, token);
    const second = await served(image, token);
    assert.ok(second > first, 'the second start must find the results of the first');
    say('ended with 0 at SIGTERM, started again and had kept its results');
  } catch (error) {
    process.stderr.write(image.output);
    throw error;
  } finally {
    image.kill();
    rmSync(data, { recursive: true, force: true });
  }
}

async function refusals(image: RunningImage): Promise<void> {
  const script = 'console.log(process.getuid()); fs.writeFileSync("/app/x", "")';
  const write = await image.command(['node', '-e', script]);
  assert.equal(write.stdout, '1000\n');
  assert.match(write.stderr, /EROFS/);
  const { code, stderr } = await image.assay(['serve']);
  assert.equal(code, 2);
  assert.match(stderr, /AUTH_TOKEN_REQUIRED/);
  say('uid 1000, read-only root, does not serve without a token');
}

/** Starts the service, evaluates, stops it. @returns how many results it has */
async function served(image: RunningImage, token: string): Promise<number> {
  image.start();
  const url = `http://127.0.0.1:${image.port}`;
  await eventually(
    'the image is healthy',
    async () => {
      if (!image.isAlive) throw new Error('the image has ended');
      return (await image.health()) === 0;
    },
    START_MS,
  );
  assert.equal((await new GraphQLClient(url).send('{ me { name } }')).status, 401);
  const page = await fetch(url, { headers: { accept: 'text/html' } });
  assert.match(await page.text(), /<!doctype html>/i, 'the page must be in the image');
  const client = new GraphQLClient(url, token);
  const datasets = () => client.field('datasets', '{ datasets { id name } }');
  const [dataset] = await eventually('a dataset is there', async () => {
    const all = (await datasets()) as { id: string; name: string }[];
    return all.length > 0 && all;
  });
  assert.ok(dataset);
  const checkpoint = dataset.name === 'fashion-mnist' ? 'fashion-cnn' : 'sample-cnn';
  const checkpointId = await client.register(checkpoint);
  const { id } = await client.runEvaluation({ checkpointId, datasetId: dataset.id });
  const ended = await client.settled(id);
  assert.equal(ended.state, 'SUCCEEDED', JSON.stringify(ended.failure));
  const results = await client.results();
  const accuracy = results.find((result) => result.id === id)?.accuracy ?? 0;
  assert.ok(accuracy > 0.9, `accuracy ${accuracy}`);
  say(`runEvaluation of ${checkpoint} on ${dataset.name}: accuracy ${accuracy}`);
  assert.equal(await image.stop(), 0, 'SIGTERM must end it with 0');
  return results.length;
}

function say(text: string): void {
  process.stdout.write(`container: ${text}\n`);
}

const [, , root = '', inspected = ''] = process.argv;
void main(root, inspected).catch((error: unknown) => {
  process.stderr.write(`container: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
