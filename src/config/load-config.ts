/** Reads config.yaml and the environment into an AppConfig, or refuses with every problem by its path. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { type Document, parseDocument } from 'yaml';
import { UserError, messageOf } from '../errors';
import { AppConfig } from './config';
import { parseGateRules } from './gate-rules';
import { projectRoot } from './project-root';

export interface LoadedConfig {
  config: AppConfig;
  /** The folder at which relative paths of the file start. */
  folder: string;
  /**
   * Where Fashion-MNIST's files may be found before the network is asked: ASSAY_DATA_MIRROR, else
   * data/fashion-mnist beside the file, which data/fashion-mnist.dvc tracks, once it is pulled.
   */
  dataMirror: string | undefined;
  /** Holds a password: never logged. */
  databaseUrl: string | undefined;
}

type Plain = Record<string, unknown>;

/** @throws UserError CONFIG_INVALID; `details.problems` lists each as `{ path, message }` */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): LoadedConfig {
  const file = path.resolve(env.ASSAY_CONFIG || path.join(projectRoot(), 'config.yaml'));
  const problems: Problem[] = [];
  const config = new AppConfig();
  fill(config, readYaml(file), '', problems);
  fillFromEnvironment(config, env, problems);
  const invalid = validateSync(config, { forbidUnknownValues: true });
  problems.push(...invalid.flatMap((error) => problemsOf(error, '')));
  if (Array.isArray(config.gate.rules))
    problems.push(...parseGateRules(config.gate.rules).problems);
  if (problems.length > 0) throw configInvalid(file, problems);
  const folder = path.dirname(file);
  return {
    config,
    folder,
    dataMirror: env.ASSAY_DATA_MIRROR ? path.resolve(env.ASSAY_DATA_MIRROR) : pulledData(folder),
    databaseUrl: env.DATABASE_URL || undefined,
  };
}

function pulledData(folder: string): string | undefined {
  const pulled = path.join(folder, 'data', 'fashion-mnist');
  return existsSync(pulled) ? pulled : undefined;
}

interface Problem {
  path: string;
  message: string;
}

function readYaml(file: string): Plain {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError('CONFIG_UNREADABLE', `cannot read ${file}: ${messageOf(error)}`);
  }
  const document = parseDocument(text, { prettyErrors: true });
  const broken = document.errors[0];
  if (broken) throw configInvalid(file, [{ path: '(file)', message: broken.message }]);
  const value = plainValue(document, file);
  if (value === null) return {};
  if (isPlain(value)) return value;
  throw configInvalid(file, [{ path: '(file)', message: 'must be a mapping of settings' }]);
}

/** Aliases are refused: a settings file needs none, and a few lines of them can stand for gigabytes. */
function plainValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw configInvalid(file, [
      { path: '(file)', message: `must not use aliases (*name): ${messageOf(error)}` },
    ]);
  }
}

/** Copies what the file gives over the defaults; a section's default instance says which keys exist. */
function fill(target: object, plain: Plain, prefix: string, problems: Problem[]): void {
  const known = target as Plain;
  const keys = keysOf(target);
  for (const [yamlKey, value] of Object.entries(plain)) {
    const at = prefix + yamlKey;
    const key = keys.has(yamlKey) ? yamlKey : toCamel(yamlKey);
    if (!keys.has(key) || toSnake(key) !== yamlKey) {
      const names = [...keys].map(toSnake).join(', ');
      problems.push({ path: at, message: `is not a setting; known here: ${names}` });
    } else if (isSection(known[key])) {
      if (isPlain(value)) fill(known[key], value, `${at}.`, problems);
      else problems.push({ path: at, message: 'must be a mapping of settings' });
    } else {
      known[key] = value;
    }
  }
}

function fillFromEnvironment(config: AppConfig, env: NodeJS.ProcessEnv, problems: Problem[]): void {
  if (env.HOST) config.server.host = env.HOST;
  if (env.PORT) {
    if (/^\d{1,5}$/.test(env.PORT)) config.server.port = Number(env.PORT);
    else problems.push({ path: 'PORT (environment)', message: 'must be a number of 0 to 65535' });
  }
  if (env.ASSAY_DATA_PATH) config.dataPath = path.resolve(env.ASSAY_DATA_PATH);
  if (env.ASSAY_DB_CREDENTIALS) {
    config.database.credentials = path.resolve(env.ASSAY_DB_CREDENTIALS);
  }
  if (env.ASSAY_ALLOWED_HOSTS) config.server.allowedHosts = namesIn(env.ASSAY_ALLOWED_HOSTS);
  if (env.ASSAY_LOG_LEVEL) config.logLevel = env.ASSAY_LOG_LEVEL as AppConfig['logLevel'];
}

/** Names between commas. */
function namesIn(list: string): string[] {
  const names = list.split(',').map((name) => name.trim());
  return names.filter((name) => name !== '');
}

/** The settings of a section. An optional one has no default, so its decorators are asked too. */
function keysOf(target: object): Set<string> {
  const decorated = getMetadataStorage().getTargetValidationMetadatas(
    target.constructor,
    '',
    true,
    false,
  );
  return new Set(decorated.map((metadata) => metadata.propertyName));
}

function problemsOf(error: ValidationError, prefix: string): Problem[] {
  const at = prefix + toSnake(error.property);
  const own = Object.values(error.constraints ?? {}).map((message) => ({
    path: at,
    message: message.replace(error.property, '').trim(),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => problemsOf(child, `${at}.`))];
}

function configInvalid(file: string, problems: Problem[]): UserError {
  const lines = problems.map(({ path: at, message }) => `  ${at}: ${message}`);
  return new UserError(
    'CONFIG_INVALID',
    `${path.basename(file)} has ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}; mend and start again:\n${lines.join('\n')}`,
    { details: { problems } },
  );
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSection(value: unknown): value is object {
  return isPlain(value) && Object.getPrototypeOf(value) !== Object.prototype;
}

const toCamel = (key: string) => key.replace(/_([a-z0-9])/g, (_, c: string) => c.toUpperCase());
const toSnake = (key: string) => key.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
