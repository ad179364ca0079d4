/** The composition root of the service: services, schema and HTTP, with a start and a stop. */
import path from 'node:path';
import {
  ResultSamplesResolver,
  SamplePredictionResolver,
} from './analysis/result-samples.resolver';
import { ResultComparisonResolver } from './analysis/comparison/result-comparison.resolver';
import { ResultSlicesResolver } from './analysis/slices/result-slices.resolver';
import { ApiTokenResolver } from './auth/api-token.resolver';
import type { AuthContext } from './auth/caller';
import { TokenAuthenticator } from './auth/token-authenticator';
import { CheckpointAliasResolver } from './checkpoints/checkpoint-alias.resolver';
import { CheckpointContentsReader } from './checkpoints/checkpoint-contents';
import { CheckpointContentsResolver } from './checkpoints/checkpoint-contents.resolver';
import { receiveCheckpoint } from './checkpoints/receive-checkpoint';
import { CheckpointResolver } from './checkpoints/checkpoint.resolver';
import { LineageResolver } from './checkpoints/lineage/lineage.resolver';
import type { LoadedConfig } from './config/load-config';
import { projectRoot } from './config/project-root';
import { DatasetSamplesResolver } from './datasets/dataset-samples.resolver';
import { DatasetResolver } from './datasets/dataset.resolver';
import { CheckpointResultsResolver } from './evaluations/checkpoint-results.resolver';
import {
  ConfusionMatrixResolver,
  EvaluationResultResolver,
} from './evaluations/evaluation-result.resolver';
import { EvaluationRunResolver } from './evaluations/evaluation-run.resolver';
import { HistoryResolver } from './evaluations/history/history.resolver';
import { createLoaders, type EvaluationContext } from './evaluations/loaders';
import { RobustnessResolver } from './evaluations/robustness/robustness.resolver';
import { ResultScoresResolver } from './evaluations/scores/result-scores.resolver';
import { WorkersResolver } from './evaluations/workers.resolver';
import { GateResolver } from './gate/gate.resolver';
import { createSchema } from './graphql/schema';
import { isLoopbackAddress } from './http/host-check';
import { createHttpServer, type HttpServer } from './http/http-server';
import { addressOf } from './http/listen';
import { type Services, startServices } from './services';
import { LocalFiles } from './store/local-files';

export interface App {
  services: Services;
  /** The address of the service, without a path. */
  url: string;
  /** Safe to call twice. */
  stop(): Promise<void>;
}

export interface AppOptions {
  /** Whether this process evaluates too; otherwise it leaves that to others. */
  worker?: boolean;
}

/**
 * Starts everything, or leaves nothing running.
 *
 * @throws OperationalError AUTH_TOKEN_REQUIRED where others could reach the service and no token is good
 */
export async function startApp(
  loaded: LoadedConfig,
  signal?: AbortSignal,
  { worker = true }: AppOptions = {},
): Promise<App> {
  const services = await startServices(loaded, signal);
  try {
    const { port } = loaded.config.server;
    const host = await addressOf(loaded.config.server);
    if (!isLoopbackAddress(host)) await services.tokens.requireUsable(host);
    const server = await createServer(services);
    try {
      const { url } = await server.listen({ host, port });
      if (worker) await services.startWorker();
      let stopping: Promise<void> | undefined;
      return { services, url, stop: () => (stopping ??= stopAll(server, services)) };
    } catch (error) {
      await server.close();
      throw error;
    }
  } catch (error) {
    await services.stop();
    throw error;
  }
}

/** The edge goes first, so that nobody is served by services that are gone. */
async function stopAll(server: HttpServer, services: Services): Promise<void> {
  try {
    await server.close();
  } finally {
    await services.stop();
  }
}

async function createServer(services: Services) {
  const {
    tokens,
    checkpoints,
    registration,
    aliases,
    datasets,
    evaluations,
    history,
    curves,
    workers,
    database,
    loaded,
  } = services;
  const { dataSource } = database;
  const schema = await createSchema(
    new Map<unknown, unknown>([
      [ApiTokenResolver, new ApiTokenResolver(tokens)],
      [CheckpointResolver, new CheckpointResolver(checkpoints, registration, aliases)],
      [CheckpointAliasResolver, new CheckpointAliasResolver(aliases)],
      [
        CheckpointContentsResolver,
        new CheckpointContentsResolver(new CheckpointContentsReader(services.store)),
      ],
      [LineageResolver, new LineageResolver()],
      [CheckpointResultsResolver, new CheckpointResultsResolver()],
      [DatasetResolver, new DatasetResolver(datasets)],
      [DatasetSamplesResolver, new DatasetSamplesResolver(datasets)],
      [EvaluationRunResolver, new EvaluationRunResolver(evaluations)],
      [EvaluationResultResolver, new EvaluationResultResolver(evaluations)],
      [ResultSamplesResolver, new ResultSamplesResolver(services.analysis)],
      [ResultComparisonResolver, new ResultComparisonResolver(services.analysis.comparisons)],
      [ResultSlicesResolver, new ResultSlicesResolver(services.analysis.slices)],
      [SamplePredictionResolver, new SamplePredictionResolver()],
      [HistoryResolver, new HistoryResolver(history)],
      [ResultScoresResolver, new ResultScoresResolver(curves)],
      [GateResolver, new GateResolver(services.gate)],
      [RobustnessResolver, new RobustnessResolver(evaluations)],
      [ConfusionMatrixResolver, new ConfusionMatrixResolver()],
      [WorkersResolver, new WorkersResolver(workers)],
    ]),
  );
  return createHttpServer({
    schema,
    createContext: ({ caller }): EvaluationContext & AuthContext => ({
      caller,
      loaders: createLoaders(dataSource),
      watchRun: (id) => evaluations.watch(id),
    }),
    authenticator: new TokenAuthenticator(dataSource),
    limits: loaded.config.limits,
    allowedHosts: loaded.config.server.allowedHosts,
    checkReadiness: async () => {
      await dataSource.query('SELECT 1');
    },
    findImage: (address) => services.images.find(address),
    fileStore: new LocalFiles(services.store, datasets),
    receiveUpload: (upload) => receiveCheckpoint(registration, upload),
    pageFolder: path.join(projectRoot(), 'dist', 'dashboard'),
    log: services.log,
    metrics: services.telemetry,
    tracing: services.tracing,
  });
}
