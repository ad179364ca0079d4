/** A place of its own for a benchmark: its database and files are gone when it ends. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadConfig, type LoadedConfig } from '../../src/config/load-config';
import { dataFolder } from '../../src/database/connect';
import { messageOf } from '../../src/errors';
import type { Services } from '../../src/services';

/** @param work is given the environment of a program that lives there, at a port that is free */
export async function inScratch(work: (env: NodeJS.ProcessEnv) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'assay-bench-'));
  // A database of its own, but the files that an earlier start has fetched.
  const fetched = path.join(dataFolder(loadConfig()), 'datasets', 'fashion-mnist');
  try {
    await work({
      ASSAY_DATA_MIRROR: fetched,
      ...process.env,
      ASSAY_DATA_PATH: folder,
      PORT: '0',
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As `inScratch`, for what runs in this process. */
export function configuredInScratch(work: (loaded: LoadedConfig) => Promise<void>): Promise<void> {
  return inScratch((env) => work(loadConfig(env)));
}

/** @returns the id of a new result on the test split */
export async function evaluated(
  services: Services,
  datasetName: string,
  checkpointPath: string,
): Promise<string> {
  const { datasets, registration, evaluations, loaded } = services;
  const dataset = await datasets.register(datasetName);
  const { checkpoint } = await registration.fromPath(checkpointPath, {});
  const { id } = await evaluations.request({
    checkpointId: checkpoint.id,
    datasetId: dataset.id,
    split: 'test',
    engine: 'onnx',
    batchSize: loaded.config.evaluation.batchSize,
    force: true,
  });
  for await (const state of evaluations.watch(id)) {
    if (state.failureMessage !== null) throw new Error(state.failureMessage);
  }
  return id;
}

/** Runs a benchmark as a program: what goes wrong is told in one line, and the exit code says it too. */
export function runBench(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  });
}
