/** The config.yaml that ships is valid and says what the code would take without it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { AppConfig } from '../../../src/config/config';
import { loadConfig } from '../../../src/config/load-config';
import { projectRoot } from '../../../src/config/project-root';

const { config } = loadConfig({});

describe('config.yaml', () => {
  it('says the defaults of the code, so that neither surprises', () => {
    const defaults = new AppConfig();
    // A gate without thresholds would pass anything, so these alone are the file's own.
    expect(defaults.thresholds).toEqual({});
    Object.assign(defaults.thresholds, { accuracy: 0.7, macro_f1: 0.7 });
    expect(config).toEqual(defaults);
  });

  it('shows every setting there is', () => {
    const shown = parse(readFileSync(path.join(projectRoot(), 'config.yaml'), 'utf8')) as object;
    const snake = (key: string) => key.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
    const paths = (value: object, rename: (key: string) => string): string[] =>
      Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
        typeof inner === 'object' && inner !== null && !Array.isArray(inner)
          ? [rename(key), ...paths(inner, rename).map((at) => `${rename(key)}.${at}`)]
          : [rename(key)],
      );
    expect(paths(shown, (key) => key).sort()).toEqual(paths(config, snake).sort());
  });

  it('listens on the loopback alone, so that nobody else reaches a fresh start', () => {
    expect(config.server).toMatchObject({ host: '127.0.0.1', port: 4000, allowedHosts: [] });
  });
});
