/** The composition root of the service: services, schema and HTTP, with a start and a stop. */
import { CheckpointResolver } from './checkpoints/checkpoint.resolver';
import type { LoadedConfig } from './config/load-config';
import { DatasetResolver } from './datasets/dataset.resolver';
import {
  ConfusionMatrixResolver,
  EvaluationResultResolver,
} from './evaluations/evaluation-result.resolver';
import { EvaluationRunResolver } from './evaluations/evaluation-run.resolver';
import { createLoaders, type EvaluationContext } from './evaluations/loaders';
import { createSchema } from './graphql/schema';
import { createHttpServer } from './http/http-server';
import { type Services, startServices } from './services';

export interface App {
  services: Services;
  /** The address of the service, without a path. */
  url: string;
  stop(): Promise<void>;
}

/** Starts everything, or leaves nothing running. */
export async function startApp(loaded: LoadedConfig, signal?: AbortSignal): Promise<App> {
  const services = await startServices(loaded, signal);
  try {
    const server = await createServer(services);
    const { host, port } = loaded.config.server;
    const { url } = await server.listen({ host, port });
    await services.evaluations.resumeOrphans();
    return {
      services,
      url,
      stop: async () => {
        await server.close();
        await services.stop();
      },
    };
  } catch (error) {
    await services.stop();
    throw error;
  }
}

async function createServer(services: Services) {
  const { checkpoints, datasets, evaluations, database, loaded } = services;
  const { dataSource } = database;
  const schema = await createSchema(
    new Map<unknown, unknown>([
      [CheckpointResolver, new CheckpointResolver(checkpoints)],
      [DatasetResolver, new DatasetResolver(datasets)],
      [EvaluationRunResolver, new EvaluationRunResolver(evaluations)],
      [EvaluationResultResolver, new EvaluationResultResolver(evaluations)],
      [ConfusionMatrixResolver, new ConfusionMatrixResolver()],
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
    log: services.log,
  });
}
