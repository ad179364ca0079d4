/** docker-compose.yml: by the Compose specification's own schema, and in what no schema can say. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { projectRoot } from '../../../src/config/project-root';

interface Service {
  image?: string;
  command?: string[];
  build?: string;
  profiles?: string[];
  networks?: string[];
  ports?: string[];
  secrets?: string[];
  volumes?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test?: string[]; disable?: boolean };
  depends_on?: Record<string, { condition: string }>;
}

interface Composition {
  services: Record<string, Service>;
  networks: Record<string, unknown>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { file: string }>;
}

/** Brings the specification's schema along. */
const LINTER = path.dirname(require.resolve('dclint/package.json'));

const text = readFileSync(path.join(projectRoot(), 'docker-compose.yml'), 'utf8');
const read = (yaml: string) => parse(yaml, { merge: true }) as Composition;
const composition = read(text);
const services = Object.entries(composition.services);
const ours = services.filter(([, { image }]) => image === 'assay');

function problems(document: unknown): string[] {
  const file = path.join(LINTER, 'schemas/compose.schema.json');
  const schema = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  // Its dialect, draft 7, is named by another address than the validator knows.
  delete schema['$schema'];
  // Its formats (durations, ports) are Docker's own.
  const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(
    schema,
  );
  validate(document);
  return (validate.errors ?? []).map(
    ({ instancePath, message }) => `${instancePath} ${message ?? ''}`,
  );
}

it('is what the specification allows', () => {
  expect(problems(composition)).toEqual([]);
});

it('passes the linter', () => {
  const linter = path.join(LINTER, 'bin/dclint.cjs');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [linter, '--quiet', 'docker-compose.yml'],
    { cwd: projectRoot(), encoding: 'utf8' },
  );
  expect({ status, stderr, said: /[1-9]\d* error/.exec(stdout) }).toEqual({
    status: 0,
    stderr: '',
    said: null,
  });
});

it.each([
  ['an unknown key', 'read_only: true', 'readonly: true'],
  ['a number for a list', 'cap_drop:\n    - ALL', 'cap_drop: 3'],
  ['an unknown condition', 'condition: service_healthy', 'condition: healthy'],
])('would be refused for %s', (_what, from, to) => {
  expect(text).toContain(from);
  expect(problems(read(text.replace(from, to)))).not.toEqual([]);
});

it('names no network, volume, secret or service that is not there', () => {
  for (const [
    ,
    { networks = [], secrets = [], volumes = [], depends_on: needs = {} },
  ] of services) {
    for (const network of networks) {
      expect([...Object.keys(composition.networks), 'default']).toContain(network);
    }
    for (const secret of secrets) expect(composition.secrets).toHaveProperty([secret]);
    for (const mount of volumes) {
      const [source = ''] = mount.split(':');
      if (source.startsWith('.')) expect(existsSync(path.join(projectRoot(), source))).toBe(true);
      else expect(composition.volumes).toHaveProperty([source]);
    }
    for (const [name, { condition }] of Object.entries(needs)) {
      expect(condition).toBe('service_healthy');
      const needed = composition.services[name];
      expect(needed).toBeDefined();
      // Our own image brings a check along.
      expect(needed?.healthcheck?.test ?? needed?.image).toBeTruthy();
      expect(needed?.healthcheck?.disable).toBeFalsy();
    }
  }
});

it('asks for nothing from the environment without a default, so that the vault password is all there is to give', () => {
  expect(text.match(/\$\{[^}]+\}/g)?.filter((variable) => !/:-.+\}$/.test(variable))).toEqual([]);
  for (const [, { environment = {} }] of ours) {
    expect(Object.keys(environment).filter((name) => /PASSWORD$|TOKEN|SECRET/.test(name))).toEqual(
      [],
    );
  }
});

it('gives our containers no more than they need', () => {
  expect(ours.map(([name]) => name)).toEqual(['api', 'worker', 'test']);
  for (const [, service] of ours) {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    expect(service.secrets).toEqual(['db.credentials', 'vault-password']);
  }
  const published = services.flatMap(([, { ports = [] }]) => ports);
  expect(published).toEqual(['127.0.0.1:4000:4000']);
  expect(composition.services['database']?.networks).toEqual(['storage']);
  expect(composition.networks['storage']).toEqual({ internal: true });
});

it('starts workers that can be scaled, and a test that nobody gets unasked', () => {
  const { worker, test } = composition.services;
  expect(worker?.ports).toBeUndefined();
  expect(worker).not.toHaveProperty('container_name');
  expect(Object.keys(worker?.depends_on ?? {})).toEqual(['database', 'api']);
  expect(test?.profiles).toEqual(['test']);
  expect(services.filter(([, { profiles }]) => profiles).map(([name]) => name)).toEqual(['test']);
});
