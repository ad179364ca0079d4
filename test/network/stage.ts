/** The service with its database on one host, and three workers on hosts of their own. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { ApiTokenService } from '../../src/auth/api-token.service';
import type { Role } from '../../src/auth/role';
import { projectRoot } from '../../src/config/project-root';
import { migrate } from '../../src/database/migrate';
import { SupervisedProcess } from '../chaos/supervised-process';
import { eventually } from '../support/eventually';
import { GraphQLClient } from '../support/graphql-client';
import { connectTo } from '../support/open-test-database';
import { addHost, type Host, makeNetwork, SERVICE_ADDRESS } from './hosts';
import { startListeningPostgres } from './listening-postgres';

const API_PORT = 4000;
const PROBE_PORT = 9100;
const START_MS = 120_000;

export interface WorkerHost extends Host {
  process: SupervisedProcess;
  /** Where its figures are. */
  probes: string;
}

export interface Stage {
  dataSource: DataSource;
  workers: WorkerHost[];
  /** Those of the workers, and the service's. */
  processes: SupervisedProcess[];
  client: GraphQLClient;
  adminToken: string;
  /** For commands on the service's host. */
  env: NodeJS.ProcessEnv;
}

/** @param folder empty; all state of all hosts goes there */
export async function setStage(folder: string): Promise<Stage> {
  await makeNetwork();
  const databaseUrl = await startListeningPostgres(path.join(folder, 'postgres'), SERVICE_ADDRESS);
  const dataSource = await connectTo(databaseUrl);
  await migrate(dataSource);
  const tokenOf = async (role: Role) =>
    (await new ApiTokenService(dataSource).create({ name: role, role })).token;
  const [adminToken, workerToken] = [await tokenOf('admin'), await tokenOf('worker')];
  const env = await environment(folder, databaseUrl);
  const api = new SupervisedProcess({
    name: 'api',
    args: ['serve', '--no-worker'],
    env: { ...env, HOST: SERVICE_ADDRESS, PORT: String(API_PORT) },
    ready: /GraphQL answers/,
  });
  const url = `http://${SERVICE_ADDRESS}:${API_PORT}`;
  const workers: WorkerHost[] = [];
  for (const number of [1, 2, 3]) {
    const host = await addHost(`worker-${number}`, 10 + number);
    const own = {
      ...env,
      HOST: host.address,
      PORT: String(PROBE_PORT),
      ASSAY_DATA_PATH: path.join(folder, host.name),
      ASSAY_DATA_MIRROR: undefined,
      ASSAY_TOKEN: workerToken,
    };
    const process = new SupervisedProcess({
      name: host.name,
      args: ['worker', '--probes', '--api', url],
      env: own,
      ready: /takes shards/,
      under: host.under,
    });
    workers.push({ ...host, process, probes: `http://${host.address}:${PROBE_PORT}` });
  }
  const processes = [api, ...workers.map(({ process }) => process)];
  await eventually('all hosts work', () => processes.every(({ ready }) => ready), START_MS).catch(
    (error: unknown) => {
      const words = processes.map(({ lastOutput }) => lastOutput).join('\n');
      throw new Error(words, { cause: error });
    },
  );
  const client = new GraphQLClient(url, adminToken);
  return { dataSource, workers, processes, client, adminToken, env };
}

async function environment(folder: string, databaseUrl: string): Promise<NodeJS.ProcessEnv> {
  const config = path.join(folder, 'config.yaml');
  const checkpoint = path.join(projectRoot(), 'checkpoints', 'fashion-cnn');
  await writeFile(
    config,
    `ckpt_path: ${JSON.stringify(checkpoint)}\nevaluation: { shard_size: 100 }\nlog_level: info\n`,
  );
  const state = path.join(folder, 'service');
  await mkdir(state);
  return {
    ASSAY_CONFIG: config,
    ASSAY_DATA_PATH: state,
    ASSAY_DATA_MIRROR: process.env['ASSAY_DATA_MIRROR'],
    DATABASE_URL: databaseUrl,
  };
}
