/** The composition root of the service: services, schema and HTTP, with a start and a stop. */
import { CheckpointAliasResolver } from './checkpoints/checkpoint-alias.resolver';
import { receiveCheckpoint } from './checkpoints/receive-checkpoint';
import { CheckpointResolver } from './checkpoints/checkpoint.resolver';
import type { LoadedConfig } from './config/load-config';
import { DatasetResolver } from './datasets/dataset.resolver';
import { CheckpointResultsResolver } from './evaluations/checkpoint-results.resolver';
import {
  ConfusionMatrixResolver,
  EvaluationResultResolver,
} from './evaluations/evaluation-result.resolver';
import { EvaluationRunResolver } from './evaluations/evaluation-run.resolver';
import { createLoaders, type EvaluationContext } from './evaluations/loaders';
import { WorkersResolver } from './evaluations/workers.resolver';
import { createSchema } from './graphql/schema';
import { createHttpServer, type HttpServer } from './http/http-server';
import { type Services, startServices } from './services';

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

/** Starts everything, or leaves nothing running. */
export async function startApp(
  loaded: LoadedConfig,
  signal?: AbortSignal,
  { worker = true }: AppOptions = {},
): Promise<App> {
  const services = await startServices(loaded, signal);
  try {
    const server = await createServer(services);
    try {
      const { host, port } = loaded.config.server;
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
  const { checkpoints, registration, aliases, datasets, evaluations, workers, database, loaded } =
    services;
  const { dataSource } = database;
  const schema = await createSchema(
    new Map<unknown, unknown>([
      [CheckpointResolver, new CheckpointResolver(checkpoints, registration, aliases)],
      [CheckpointAliasResolver, new CheckpointAliasResolver(aliases)],
      [CheckpointResultsResolver, new CheckpointResultsResolver()],
      [DatasetResolver, new DatasetResolver(datasets)],
      [EvaluationRunResolver, new EvaluationRunResolver(evaluations)],
      [EvaluationResultResolver, new EvaluationResultResolver(evaluations)],
      [ConfusionMatrixResolver, new ConfusionMatrixResolver()],
      [WorkersResolver, new WorkersResolver(workers)],
    ]),
  );
  return createHttpServer({
    schema,
    createContext: (): EvaluationContext => ({
      loaders: createLoaders(dataSource),
      watchRun: (id) => evaluations.watch(id),
    }),
    limits: loaded.config.limits,
    allowedHosts: loaded.config.server.allowedHosts,
    checkReadiness: async () => {
      await dataSource.query('SELECT 1');
    },
    receiveUpload: (upload) => receiveCheckpoint(registration, upload),
    log: services.log,
  });
}
