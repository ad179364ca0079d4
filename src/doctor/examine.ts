/** Looks at everything the service needs, one matter after another, and changes nothing. */
import type { LoadedConfig } from '../config/load-config';
import type { ConnectedDatabase } from '../database/connect';
import type { DatasetRegistry } from '../datasets/dataset-registry';
import { ENGINE_NAMES } from '../inference/engine';
import { createShardEvaluator } from '../inference/worker/shard-evaluator';
import { checkDataset, checkMirror, checkStore } from './content-checks';
import {
  checkClock,
  checkMigrations,
  checkQueue,
  checkServer,
  checkTokens,
  isMigrated,
  isNotMadeYet,
} from './database-check';
import { checkEngine } from './engines-check';
import { type Answer, type Finding, finding, skipped } from './finding';
import { checkCredentialsFile, checkDataFolder, checkNode, checkPort } from './surroundings';
import { checkTracing } from './tracing-check';

export interface Patient {
  /** @throws UserError CONFIG_INVALID, CONFIG_UNREADABLE */
  load: () => LoadedConfig;
  /** Must not migrate. */
  connect: (loaded: LoadedConfig) => Promise<ConnectedDatabase>;
  /** Must download nothing. */
  registryOf: (loaded: LoadedConfig) => DatasetRegistry;
}

/** Each finding as soon as it is there; after a broken configuration there is nothing more to look at. */
export async function* examine(patient: Patient): AsyncGenerator<Finding, void, void> {
  yield await finding('Node.js', () => checkNode());
  let loaded: LoadedConfig | undefined;
  yield await finding('configuration', () => {
    loaded = patient.load();
    return { state: 'ok', message: 'config.yaml and environment' };
  });
  if (!loaded) return;
  const known = loaded;
  yield await finding('data folder', () => checkDataFolder(known));
  yield await finding('credentials file', () => checkCredentialsFile(known));
  yield* examineDatabase(patient, known);
  yield await finding('port', () => checkPort(known));
  yield await finding('traces', () => checkTracing());
  const evaluator = createShardEvaluator();
  try {
    for (const engine of ENGINE_NAMES) {
      yield await finding(`engine ${engine}`, () => checkEngine(evaluator, engine));
    }
  } finally {
    await evaluator.close();
  }
  yield await finding('data mirror', () => checkMirror(known));
  const registry = patient.registryOf(known);
  for (const source of registry.list()) {
    yield await finding(`dataset ${source.name}`, () => checkDataset(source));
  }
}

async function* examineDatabase(
  { connect }: Patient,
  loaded: LoadedConfig,
): AsyncGenerator<Finding, void, void> {
  let database: ConnectedDatabase | undefined;
  yield await finding('database', async () => {
    if (await isNotMadeYet(loaded)) return skipped('the embedded one is made at the first start');
    database = await connect(loaded);
    return checkServer(database);
  });
  if (!database) return;
  const { dataSource } = database;
  try {
    const migrations = await finding('migrations', () => checkMigrations(dataSource));
    yield migrations;
    yield await finding('clock', () => checkClock(dataSource));
    const checks: [string, () => Promise<Answer>][] = [
      ['tokens', () => checkTokens(loaded, dataSource)],
      ['workers', () => checkQueue(dataSource)],
      ['checkpoint store', () => checkStore(loaded, dataSource)],
    ];
    // A newer one is fit for us unless it says otherwise.
    const hasTables = migrations.state !== 'failed' && (await isMigrated(dataSource));
    for (const [name, look] of checks) {
      yield await finding(name, hasTables ? look : () => skipped('the schema is another one'));
    }
  } finally {
    await database.close();
  }
}
