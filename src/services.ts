/** Wires the rooms together without a server: what the service and each command of the terminal share. */
import path from 'node:path';
import { pino, type Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '../migrations';
import { AnalysisService } from './analysis/analysis.service';
import { ApiTokenService } from './auth/api-token.service';
import { CheckpointRoots } from './checkpoints/checkpoint-roots';
import { CheckpointAliasService } from './checkpoints/checkpoint-alias.service';
import { CheckpointRegistration } from './checkpoints/checkpoint-registration';
import { CheckpointService } from './checkpoints/checkpoint.service';
import { CheckpointStore } from './checkpoints/checkpoint-store';
import { gateRulesOf } from './config/gate-rules';
import type { LoadedConfig } from './config/load-config';
import { projectVersion } from './config/project-root';
import { type ConnectedDatabase, connectDatabase, dataFolder } from './database/connect';
import { migrate, ranMigrations, unknownMigrations } from './database/migrate';
import { Notifications } from './database/notifications';
import { refuseWithoutQueue, serverKindOf } from './database/server-kind';
import { sqlOfPool } from './database/sql';
import { createDatasetRegistry, type DatasetRegistry } from './datasets/dataset-registry';
import { DatasetService } from './datasets/dataset.service';
import { DatasetImages } from './datasets/images/dataset-images';
import { createFashionMnist } from './datasets/fashion-mnist/fashion-mnist.source';
import { createSampleSet } from './datasets/sample-shapes/sample-shapes.source';
import { ENTITIES } from './entities';
import { EvaluationRunRepository } from './evaluations/evaluation-run.repository';
import { EvaluationService } from './evaluations/evaluation.service';
import { createHistory, type History } from './evaluations/history/history';
import { NamedResults } from './evaluations/named-result';
import { RunEvents } from './evaluations/run-events';
import { RunRequests } from './evaluations/run-requests';
import { CurvesService } from './evaluations/scores/curves.service';
import { createMetricsThread } from './evaluations/scores/metrics-thread';
import { SHARD_QUEUES, type ShardQueue } from './evaluations/shard-job';
import { WorkerHost, type WorkerSettings } from './evaluations/worker-host';
import { WorkerRegistry } from './evaluations/worker-registry';
import { GateService } from './gate/gate.service';
import { ENGINE_NAMES } from './inference/engine';
import { installedBackend } from './inference/installed-backend';
import { createShardEvaluator } from './inference/worker/shard-evaluator';
import { PgBossQueue } from './queue/pg-boss-queue';
import type { RemoteFiles } from './store/remote-files';
import { createTracing } from './telemetry/create-tracing';
import { ServiceMetrics } from './telemetry/service-metrics';
import { registerStoredState } from './telemetry/stored-state';
import type { Tracing } from './telemetry/tracing';

export interface Services {
  loaded: LoadedConfig;
  log: Logger;
  database: ConnectedDatabase;
  tokens: ApiTokenService;
  checkpoints: CheckpointService;
  /** This installation's own files. */
  store: CheckpointStore;
  registration: CheckpointRegistration;
  aliases: CheckpointAliasService;
  datasets: DatasetService;
  images: DatasetImages;
  workers: WorkerRegistry;
  analysis: AnalysisService;
  evaluations: EvaluationService;
  /** As a person names them. */
  results: NamedResults;
  telemetry: ServiceMetrics;
  tracing: Tracing;
  history: History;
  curves: CurvesService;
  gate: GateService;
  /** Starts to take jobs, once. What is not given is as config.yaml says, the engines are all. */
  startWorker(options?: Partial<WorkerSettings>): Promise<void>;
  /**
   * Takes no more jobs, hands back what does not end in time, and leaves the database.
   *
   * @param drainMs default: worker.drain_ms
   */
  stop(drainMs?: number): Promise<void>;
}

/** Logs go to stderr, so that a command's answer on stdout stays clean. */
export function createLog(loaded: LoadedConfig): Logger {
  return pino(
    { level: loaded.config.logLevel, base: { pid: process.pid } },
    pino.destination({ dest: 2, sync: true }),
  );
}

/**
 * @param signal ends a download that is under way
 * @param baseUrls where to download from instead of the public addresses; none: nothing is downloaded
 */
export function createRegistry(
  loaded: LoadedConfig,
  onWarning: (message: string) => void,
  signal?: AbortSignal,
  baseUrls?: readonly string[],
): DatasetRegistry {
  return createDatasetRegistry([
    createFashionMnist({
      dataDir: path.join(dataFolder(loaded), 'datasets', 'fashion-mnist'),
      ...(loaded.dataMirror && { mirrorDir: loaded.dataMirror }),
      ...(signal && { signal }),
      ...(baseUrls && { baseUrls }),
      onWarning,
    }),
    createSampleSet(),
  ]);
}

/**
 * Connects, migrates and starts the queue; a worker starts when it is asked for.
 *
 * @param signal ends downloads that are under way
 * @param remote whose checkpoints and splits are evaluated; this installation's own where it is not given
 */
export async function startServices(
  loaded: LoadedConfig,
  signal?: AbortSignal,
  remote?: RemoteFiles,
): Promise<Services> {
  const log = createLog(loaded);
  const schema = { entities: ENTITIES, migrations: MIGRATIONS };
  const database = await connectDatabase(loaded, schema, (message) => {
    log.warn(message);
  });
  const { dataSource } = database;
  const queue = createQueue(dataSource, log);
  const notifications = new Notifications(dataSource);
  try {
    await refuseWithoutQueue(dataSource);
    await migrate(dataSource, () => queue.start());
    const newer = unknownMigrations(dataSource, await ranMigrations(dataSource));
    if (newer.length > 0) {
      log.warn({ migrations: newer }, 'a newer version has migrated the database: update this one');
    }
    await notifications.start();
    const registry = createRegistry(
      loaded,
      (message) => {
        log.warn(message);
      },
      signal,
    );
    const store = new CheckpointStore(path.join(dataFolder(loaded), 'checkpoints'));
    await store.removeLeftovers();
    return wire({ loaded, log, database, queue, notifications, registry, store, remote });
  } catch (error) {
    await notifications.stop();
    await queue.stop();
    await database.close();
    throw error;
  }
}

/** @param log hears what fails in the background */
function createQueue(dataSource: DataSource, log: Pick<Logger, 'warn'>): ShardQueue {
  return new PgBossQueue(sqlOfPool(dataSource), SHARD_QUEUES, (err) => {
    log.warn({ err }, 'the queue');
  });
}

/** Makes or updates the queue's own tables, where there can be one, for a database that is only to be migrated. */
export async function prepareQueue(dataSource: DataSource): Promise<void> {
  if ((await serverKindOf(dataSource)) === 'greenplum') return;
  // What fails is thrown; the background is not reached.
  const queue = createQueue(dataSource, { warn: () => undefined });
  await queue.start();
  await queue.stop();
}

interface Parts {
  loaded: LoadedConfig;
  log: Logger;
  database: ConnectedDatabase;
  queue: ShardQueue;
  notifications: Notifications;
  registry: DatasetRegistry;
  store: CheckpointStore;
  remote: RemoteFiles | undefined;
}

function wire(parts: Parts): Services {
  const { loaded, log, database, queue, notifications, registry, store, remote } = parts;
  const { dataSource } = database;
  const { config, folder } = loaded;
  const checkpoints = new CheckpointService(dataSource, remote ?? store);
  const aliases = new CheckpointAliasService(dataSource);
  const registration = new CheckpointRegistration(
    dataSource,
    store,
    new CheckpointRoots(config.checkpointRoots.map((root) => path.resolve(folder, root))),
  );
  const datasets = new DatasetService(dataSource, registry, remote?.splitLoader);
  const events = new RunEvents();
  notifications.on('run', (runId) => {
    if (runId === undefined) events.missed();
    else events.changed(runId);
  });
  const version = projectVersion();
  const tracing = createTracing(process.env, version, log);
  const { shardSize } = config.evaluation;
  const runs = new EvaluationRunRepository(dataSource, queue, shardSize, log, tracing);
  const requests = new RunRequests({
    dataSource,
    runs,
    checkpoints,
    aliases,
    datasets,
    installedBackend,
  });
  const evaluations = new EvaluationService({ dataSource, runs, requests, events, log });
  const results = new NamedResults(dataSource.manager, aliases);
  const analysis = new AnalysisService(dataSource, datasets);
  const workers = new WorkerRegistry(dataSource);
  const telemetry = new ServiceMetrics(version);
  const readState = async () => ({
    runs: await runs.countByState(),
    queues: await workers.queues(),
    workers: (await workers.alive()).length,
  });
  registerStoredState(telemetry.registry, readState, (err) => {
    log.warn({ err }, 'the database could not be measured');
  });
  const metrics = createMetricsThread();
  const working = new WorkerHost({
    dataSource,
    queue,
    notifications,
    registry: workers,
    checkpoints,
    datasets,
    evaluator: createShardEvaluator(),
    metrics,
    telemetry,
    tracing,
    log,
  });
  return {
    loaded,
    log,
    database,
    tokens: new ApiTokenService(dataSource),
    checkpoints,
    store,
    registration,
    aliases,
    datasets,
    images: new DatasetImages(datasets),
    workers,
    analysis,
    telemetry,
    tracing,
    evaluations,
    results,
    gate: new GateService({
      rules: gateRulesOf(config),
      baseline: config.gate.baseline,
      results,
      datasets,
      comparisons: analysis.comparisons,
      slices: analysis.slices,
    }),
    history: createHistory(dataSource),
    curves: new CurvesService({ dataSource, datasets, metrics }),
    startWorker: (options) =>
      working.start({
        engines: ENGINE_NAMES,
        concurrency: config.worker.concurrency,
        ...options,
      }),
    stop: async (drainMs = config.worker.drainMs) => {
      await working.stop(drainMs);
      await analysis.close();
      await metrics.close();
      await notifications.stop();
      await queue.stop();
      await database.close();
      await tracing.stop();
    },
  };
}
