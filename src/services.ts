/** Wires the rooms together without a server: what the service and each command of the terminal share. */
import path from 'node:path';
import { pino, type Logger } from 'pino';
import { MIGRATIONS } from '../migrations';
import { ApiTokenService } from './auth/api-token.service';
import { CheckpointRoots } from './checkpoints/checkpoint-roots';
import { CheckpointAliasService } from './checkpoints/checkpoint-alias.service';
import { CheckpointRegistration } from './checkpoints/checkpoint-registration';
import { CheckpointService } from './checkpoints/checkpoint.service';
import { CheckpointStore } from './checkpoints/checkpoint-store';
import type { LoadedConfig } from './config/load-config';
import { type ConnectedDatabase, connectDatabase, dataFolder } from './database/connect';
import { migrate } from './database/migrate';
import { ProcessLease } from './database/process-lease';
import { createDatasetRegistry, type DatasetRegistry } from './datasets/dataset-registry';
import { DatasetService } from './datasets/dataset.service';
import { createFashionMnist } from './datasets/fashion-mnist/fashion-mnist.source';
import { createSampleSet } from './datasets/sample-shapes/sample-shapes.source';
import { ENTITIES } from './entities';
import { EvaluationRunRepository } from './evaluations/evaluation-run.repository';
import { EvaluationService } from './evaluations/evaluation.service';
import { STOPPING } from './evaluations/interruption';
import { RunEvents } from './evaluations/run-events';
import { RunExecutor } from './evaluations/run-executor';
import { createShardEvaluator } from './inference/worker/shard-evaluator';
import { InProcessQueue } from './queue/in-process-queue';

export interface Services {
  loaded: LoadedConfig;
  log: Logger;
  database: ConnectedDatabase;
  tokens: ApiTokenService;
  checkpoints: CheckpointService;
  registration: CheckpointRegistration;
  aliases: CheckpointAliasService;
  datasets: DatasetService;
  evaluations: EvaluationService;
  /** Hands open runs back, ends the worker thread and leaves the database. */
  stop(): Promise<void>;
}

/** Logs go to stderr, so that a command's answer on stdout stays clean. */
export function createLog(loaded: LoadedConfig): Logger {
  return pino(
    { level: loaded.config.logLevel, base: { pid: process.pid } },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** @param signal ends a download that is under way */
export function createRegistry(
  loaded: LoadedConfig,
  onWarning: (message: string) => void,
  signal?: AbortSignal,
): DatasetRegistry {
  return createDatasetRegistry([
    createFashionMnist({
      dataDir: path.join(dataFolder(loaded), 'datasets', 'fashion-mnist'),
      ...(loaded.dataMirror && { mirrorDir: loaded.dataMirror }),
      ...(signal && { signal }),
      onWarning,
    }),
    createSampleSet(),
  ]);
}

/**
 * Connects, migrates and starts the queue.
 *
 * @param signal ends downloads that are under way
 */
export async function startServices(loaded: LoadedConfig, signal?: AbortSignal): Promise<Services> {
  const log = createLog(loaded);
  const database = await connectDatabase(loaded, { entities: ENTITIES, migrations: MIGRATIONS });
  try {
    await migrate(database.dataSource);
    const lease = new ProcessLease(database.dataSource);
    await lease.acquire();
    const registry = createRegistry(
      loaded,
      (message) => {
        log.warn(message);
      },
      signal,
    );
    const store = new CheckpointStore(path.join(dataFolder(loaded), 'checkpoints'));
    await store.removeLeftovers();
    return wire(loaded, log, database, lease, registry, store);
  } catch (error) {
    await database.close();
    throw error;
  }
}

function wire(
  loaded: LoadedConfig,
  log: Logger,
  database: ConnectedDatabase,
  lease: ProcessLease,
  registry: DatasetRegistry,
  store: CheckpointStore,
): Services {
  const { dataSource } = database;
  const { config, folder } = loaded;
  const checkpoints = new CheckpointService(dataSource, store);
  const aliases = new CheckpointAliasService(dataSource);
  const registration = new CheckpointRegistration(
    dataSource,
    store,
    new CheckpointRoots(config.checkpointRoots.map((root) => path.resolve(folder, root))),
  );
  const datasets = new DatasetService(dataSource, registry);
  const events = new RunEvents();
  const evaluator = createShardEvaluator();
  const runs = new EvaluationRunRepository(dataSource, lease.workerId);
  const queue = new InProcessQueue((err, runId) => {
    log.error({ err, runId }, 'a run was left open');
  });
  const evaluations = new EvaluationService({
    dataSource,
    runs,
    checkpoints,
    aliases,
    datasets,
    queue,
    events,
  });
  const { shardSize } = config.evaluation;
  const executor = new RunExecutor({
    runs,
    checkpoints,
    datasets,
    evaluator,
    events,
    log,
    shardSize,
  });
  queue.start(executor.handle);
  return {
    loaded,
    log,
    database,
    tokens: new ApiTokenService(dataSource),
    checkpoints,
    registration,
    aliases,
    datasets,
    evaluations,
    stop: async () => {
      await queue.stop(STOPPING);
      await evaluator.close();
      await lease.release();
      await database.close();
    },
  };
}
