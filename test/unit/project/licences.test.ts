/** Every package that an installation brings along has a licence under which a closed or open product may use it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../../src/config/project-root';

interface LockedPackage {
  license?: string;
  dev?: boolean;
  resolved?: string;
}

/** Ask for nothing but that their notice is kept. */
const FREE = [
  ...['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'],
  'Unlicense',
];
/** Tools that are run and not passed on. */
const FOR_TOOLS = [...FREE, 'MPL-2.0', 'CC-BY-4.0', 'Python-2.0', 'PSF-2.0'];

/** They name their licence in a way that npm's lock file does not keep: looked up in their own LICENSE. */
const LOOKED_UP: Readonly<Record<string, string>> = {
  'node_modules/ssh2': 'MIT',
  'node_modules/cpu-features': 'MIT',
  'node_modules/buildcheck': 'MIT',
};

const { packages } = JSON.parse(
  readFileSync(path.join(projectRoot(), 'package-lock.json'), 'utf8'),
) as { packages: Record<string, LockedPackage> };
const locked = Object.entries(packages).filter(([where]) => where !== '');

/** "(A OR B)": one must be allowed; "A AND B": all must. */
function isAllowed(expression: string, allowed: readonly string[]): boolean {
  const text = expression.replace(/^\((.*)\)$/, '$1');
  if (text.includes(' OR ')) return text.split(' OR ').some((part) => isAllowed(part, allowed));
  return text.split(' AND ').every((part) => allowed.includes(part));
}

it('reads expressions as SPDX means them', () => {
  expect(isAllowed('(MIT OR GPL-3.0-only)', FREE)).toBe(true);
  expect(isAllowed('MIT AND GPL-3.0-only', FREE)).toBe(false);
  expect(isAllowed('SEE LICENSE IN FILE', FREE)).toBe(false);
});

it('finds each package under a licence of the list', () => {
  expect(locked.length).toBeGreaterThan(300);
  const found = locked.map(([where, { license, dev }]) => ({
    where,
    license: license ?? LOOKED_UP[where] ?? 'none',
    allowed: dev ? FOR_TOOLS : FREE,
  }));
  const refused = found.filter(({ license, allowed }) => !isAllowed(license, allowed));
  expect(refused.map(({ where, license }) => `${where}: ${license}`)).toEqual([]);
});

it('names no place to fetch from, so that everybody uses the registry that npm is set to', () => {
  expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});
