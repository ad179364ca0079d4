import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pull } from '../../../src/dvc/pull';
import { failureOf, filesUnder, writeFiles } from './dvc-project';
import { HASHES, home, OPTIONS, served } from './s3-project';
import { KEYS } from './s3-server';

describe('keys of a bucket', () => {
  const SECRET = KEYS.secretAccessKey;
  const ids = `aws_access_key_id = ${KEYS.accessKeyId}\naws_secret_access_key = ${SECRET}\n`;
  const wrong = 'aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = s3cret-of-another\n';
  const ENV = { AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: SECRET };
  const WRONG_ENV = { ...ENV, AWS_SECRET_ACCESS_KEY: 's3cret' };

  it.each([
    ['the environment', [], ENV, {}],
    ['the profile "default"', [], {}, { credentials: `[default]\n${ids}` }],
    ['the configuration before the environment', OPTIONS, WRONG_ENV, {}],
    [
      'the environment before a profile that nobody named',
      [],
      ENV,
      { credentials: `[default]\n${wrong}` },
    ],
    [
      'a profile that the remote names',
      ['profile = Team'],
      WRONG_ENV,
      { credentials: `[default]\n${wrong}[Team]\n${ids}` },
    ],
    [
      'a profile that the environment names',
      [],
      { AWS_PROFILE: 'team' },
      {
        credentials: `[default]\n${wrong}`,
        config: `[profile team]\n${ids}s3 =\n  max_queue_size = 9\n`,
      },
    ],
  ] as const)('come from %s', async (_, options, variables, files) => {
    const made = await served({}, options);
    await pull({ ...made.options, environment: await home(variables, files) });
    expect(await filesUnder(made.set)).toEqual(HASHES);
  });

  it('may be of a session', async () => {
    const made = await served({ sessionToken: 'a/session+token==' }, []);
    const environment = await home({ ...ENV, AWS_SESSION_TOKEN: 'a/session+token==' });
    await pull({ ...made.options, environment });
    expect(await filesUnder(made.set)).toEqual(HASHES);
  });

  it('are not needed for a public bucket', async () => {
    const made = await served({ isPublic: true }, ['allow_anonymous_login = true']);
    await pull(made.options);
    expect(await filesUnder(made.set)).toEqual(HASHES);
    expect(made.server.headers.every(({ authorization }) => authorization === undefined)).toBe(
      true,
    );
  });

  it('region and endpoint of a profile are taken, and other files where they are named', async () => {
    const made = await served({ region: 'eu-west-3' }, []);
    await writeFiles(made.root, [['.dvc/config.local', '']]);
    const config = `[default]\nregion = eu-west-3\nendpoint_url = ${made.server.endpoint}\n${ids}`;
    const environment = await home({ AWS_CONFIG_FILE: '~/elsewhere' });
    await writeFile(path.join(environment.home, 'elsewhere'), config);
    await pull({ ...made.options, environment });
    expect(await filesUnder(made.set)).toEqual(HASHES);
    expect(made.server.headers.some(({ authorization }) => authorization?.includes('us-'))).toBe(
      false,
    );
  });

  it.each([
    ['none', [], {}, 'DVC_CREDENTIALS_MISSING'],
    ['half of one', ['access_key_id = s3cret'], {}, 'DVC_REMOTE_INVALID'],
    ['a profile that is not there', ['profile = s'], {}, 'DVC_CREDENTIALS_MISSING'],
    [
      'a profile of a program',
      ['profile = tool'],
      { config: '[profile tool]\ncredential_process = /bin/s3cret\n' },
      'DVC_CREDENTIALS_UNSUPPORTED',
    ],
    [
      'a wrong secret',
      ['access_key_id = AKIDEXAMPLE', 'secret_access_key = s3cret'],
      {},
      'DVC_ACCESS_DENIED',
    ],
    ['a wrong id', ['access_key_id = s3cret', 'secret_access_key = x'], {}, 'DVC_ACCESS_DENIED'],
    ['a broken file', [], { credentials: '[default]\ns3cret\n' }, 'DVC_CONFIG_INVALID'],
  ] as const)('that are %s give a clear error without them', async (_, options, files, code) => {
    const made = await served({}, options);
    const failure = await failureOf(pull({ ...made.options, environment: await home({}, files) }));
    expect(failure.code).toBe(code);
    expect(JSON.stringify([failure.message, failure])).not.toContain('s3cret');
    await rm(made.root, { recursive: true });
  });
});
