/** Who is let in by sshd, and which server is believed. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pull } from '../../../src/dvc/pull';
import { push } from '../../../src/dvc/push';
import type { RemoteEnvironment } from '../../../src/dvc/remotes/environment';
import { temporaryFolder } from '../../support/temporary-folder';
import {
  failureOf,
  filesUnder,
  makeFolderRemote,
  makeProject,
  md5Of,
  trackedFolder,
  trackFolder,
  writeFiles,
} from './dvc-project';
import {
  cuttingLine,
  homeWith,
  isRoot,
  makeKey,
  sshdMissing,
  type SshServer,
  startAgent,
  startSshd,
  stopSsh,
} from './ssh-server';

const FILES = { 'a.txt': 'one'.repeat(70_000) };
const HASHES = { 'a.txt': md5Of(FILES['a.txt']) };
const withSshd = sshdMissing ? describe.skip : describe;
/** Only root can make an account with a password. */
const withAccount = isRoot ? describe : describe.skip;

async function project(url: string, options: readonly string[], remote?: string) {
  const tracked = trackedFolder(FILES);
  const folder = remote ?? (await makeFolderRemote(tracked));
  await chmod(folder, 0o755);
  const root = await makeProject(`${url}${folder}`);
  const local = `['remote "origin"']\n${options.map((option) => `    ${option}\n`).join('')}`;
  await writeFiles(root, [['.dvc/config.local', local]]);
  await trackFolder(root, tracked);
  return { root, folder };
}

async function pulled(url: string, options: readonly string[], environment: RemoteEnvironment) {
  const { root } = await project(url, options);
  await pull({ targets: [], jobs: 2, cwd: root, environment });
  return filesUnder(path.join(root, 'data/set'));
}

withSshd(`logging in by SSH${sshdMissing}`, () => {
  let server: SshServer;
  let url: string;
  let locked: string;
  beforeAll(async () => {
    server = await startSshd();
    url = `ssh://${server.user}@127.0.0.1:${server.port}`;
    locked = makeKey(server.folder, 'locked', 'rsa', 'open sesame');
    const more = await readFile(`${locked}.pub`, 'utf8');
    await writeFile(path.join(server.folder, 'authorized_keys'), more, { flag: 'a' });
  });
  afterAll(stopSsh);
  const home = async (more: Partial<RemoteEnvironment> = {}) =>
    homeWith(await server.hostKeys(), more);

  it('takes the key of the configuration', async () => {
    expect(await pulled(url, [`keyfile = ${server.key}`], await home())).toEqual(HASHES);
  });

  it('takes user and port of the configuration before those of the url', async () => {
    const options = [
      `keyfile = ${server.key}`,
      `user = ${server.user}`,
      `port = ${server.port}`,
      'timeout = 20',
    ];
    expect(await pulled('ssh://nobody@127.0.0.1:1', options, await home())).toEqual(HASHES);
  });

  it('takes the usual key of the home folder', async () => {
    const environment = await home();
    await copyFile(server.key, path.join(environment.home, '.ssh/id_ed25519'));
    expect(await pulled(url, [], environment)).toEqual(HASHES);
  });

  it('takes what ~/.ssh/config says of the host', async () => {
    const environment = await home();
    const config = `Match exec "touch ${environment.home}/ran"\n  User nobody\nHost store\n  HostName 127.0.0.1\n  Port ${server.port}\n  User ${server.user}\n  IdentityFile ~/.ssh/mine\n`;
    await writeFile(path.join(environment.home, '.ssh/config'), config);
    await copyFile(server.key, path.join(environment.home, '.ssh/mine'));
    expect(await pulled('ssh://store', [], environment)).toEqual(HASHES);
    expect(Object.keys(await filesUnder(environment.home))).not.toContain('ran');
    await writeFile(path.join(environment.home, '.ssh/config'), 'Host *\n  ProxyJump far\n');
    const { root } = await project(url, []);
    const refused = failureOf(pull({ targets: [], jobs: 1, cwd: root, environment }));
    expect(await refused).toMatchObject({ code: 'DVC_REMOTE_UNSUPPORTED' });
  });

  it('takes the agent, unless it is switched off', async () => {
    const environment = await home({ variables: { SSH_AUTH_SOCK: await startAgent(server.key) } });
    expect(await pulled(url, [], environment)).toEqual(HASHES);
    const { root } = await project(url, ['allow_agent = false']);
    const failure = await failureOf(pull({ targets: [], jobs: 2, cwd: root, environment }));
    expect(failure.code).toBe('DVC_ACCESS_DENIED');
    // Its key in the agent is what opens the account, the file is locked.
    expect(await pulled(url, [`keyfile = ${locked}`], environment)).toEqual(HASHES);
  });

  it('opens a locked key by a passphrase, given or asked for once', async () => {
    const given = [`keyfile = ${locked}`, 'passphrase = open sesame'];
    expect(await pulled(url, given, await home())).toEqual(HASHES);
    const questions: string[] = [];
    const askHidden = (question: string) => {
      questions.push(question);
      return Promise.resolve('open sesame');
    };
    const asked = [`keyfile = ${locked}`, 'ask_passphrase = true'];
    expect(await pulled(url, asked, await home({ askHidden }))).toEqual(HASHES);
    expect(questions).toEqual([`Passphrase for ${server.user}@127.0.0.1 (remote origin): `]);
  });

  it.each([
    ['no passphrase', (key: string) => [`keyfile = ${key}`], 'DVC_KEY_UNUSABLE'],
    [
      'a wrong passphrase',
      (key: string) => [`keyfile = ${key}`, 'passphrase = s3cret'],
      'DVC_KEY_UNUSABLE',
    ],
    ['a public key', (key: string) => [`keyfile = ${key}.pub`], 'DVC_KEY_UNUSABLE'],
    ['no such key', (key: string) => [`keyfile = ${key}.none`], 'DVC_KEY_UNUSABLE'],
    ['nobody to ask', () => ['ask_password = true'], 'DVC_PASSWORD_MISSING'],
    ['a wrong password', () => ['password = s3cret'], 'DVC_ACCESS_DENIED'],
    ['nothing', () => [], 'DVC_ACCESS_DENIED'],
    ['a port that is none', () => ['port = 70000'], 'DVC_REMOTE_INVALID'],
    ['a switch that is none', () => ['allow_agent = perhaps'], 'DVC_REMOTE_INVALID'],
    ['Kerberos', () => ['gss_auth = true'], 'DVC_REMOTE_UNSUPPORTED'],
  ] as const)('with %s says what to do, and no secret', async (_, options, code) => {
    const { root } = await project(url, options(locked));
    const environment = await home();
    const failure = await failureOf(pull({ targets: [], jobs: 2, cwd: root, environment }));
    expect(failure.code).toBe(code);
    expect(JSON.stringify([failure.message, failure])).not.toContain('s3cret');
  });

  describe('with host keys', () => {
    const failsWith = async (knownHosts: string) => {
      const { root, folder } = await project(url, [`keyfile = ${server.key}`]);
      const environment = await homeWith(knownHosts);
      const failure = await failureOf(pull({ targets: [], jobs: 2, cwd: root, environment }));
      expect(await filesUnder(path.join(root, 'data/set'))).toEqual({});
      expect(folder).not.toBe('');
      return failure;
    };
    const fingerprint = () =>
      execFileSync('ssh-keygen', ['-lf', path.join(server.folder, 'host_ed25519.pub')])
        .toString()
        .split(' ')[1] ?? '';

    it('refuses a server that is not known, and shows the fingerprint', async () => {
      const failure = await failsWith('');
      expect(failure.code).toBe('DVC_HOST_KEY_UNKNOWN');
      expect(failure.message).toContain(fingerprint());
      expect(failure.message).toContain(`"ssh -p ${server.port} -l ${server.user} 127.0.0.1"`);
      // Known at another port is not known here.
      expect((await failsWith(await server.hostKeys(22))).code).toBe('DVC_HOST_KEY_UNKNOWN');
    });

    it('refuses a server that shows another key than before', async () => {
      const other = makeKey(await temporaryFolder(), 'other', 'ed25519');
      const line = `[127.0.0.1]:${server.port} ${await readFile(`${other}.pub`, 'utf8')}`;
      const failure = await failsWith(line);
      expect(failure.code).toBe('DVC_HOST_KEY_CHANGED');
      expect(failure.message).toContain(`ssh-keygen -R '[127.0.0.1]:${server.port}'`);
    });

    it('refuses a key that is revoked', async () => {
      const line = await server.hostKeys();
      const failure = await failsWith(`${line}@revoked ${line}`);
      expect(failure.code).toBe('DVC_HOST_KEY_REVOKED');
    });

    it('suggests no command that a configuration of others could bend', async () => {
      const { root } = await project(url, ['user = "-oProxyCommand=a\'b;c"']);
      const environment = await homeWith('');
      const failure = await failureOf(pull({ targets: [], jobs: 2, cwd: root, environment }));
      expect(failure.message).toContain(`-l '-oProxyCommand=a'\\''b;c' 127.0.0.1"`);
    });

    it('does not send a password to a server that is not known', async () => {
      const { root } = await project(url, ['password = s3cret']);
      const environment = await homeWith('');
      const failure = await failureOf(pull({ targets: [], jobs: 2, cwd: root, environment }));
      expect(failure.code).toBe('DVC_HOST_KEY_UNKNOWN');
    });

    it('knows a server by a name that ssh-keygen hashed', async () => {
      const environment = await home();
      const file = path.join(environment.home, '.ssh/known_hosts');
      execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
      expect(await readFile(file, 'utf8')).toMatch(/^\|1\|/);
      expect(await pulled(url, [`keyfile = ${server.key}`], environment)).toEqual(HASHES);
    });

    it('asks a server of several keys for the one by which it is known', async () => {
      const several = await startSshd([], ['ed25519', 'ecdsa', 'rsa']);
      const lines = (await several.hostKeys()).split('\n').filter((line) => line !== '');
      expect(lines).toHaveLength(3);
      for (const line of lines) {
        const here = `ssh://${several.user}@127.0.0.1:${several.port}`;
        const environment = await homeWith(`${line}\n`);
        expect(await pulled(here, [`keyfile = ${several.key}`], environment)).toEqual(HASHES);
      }
    });
  });

  withAccount(`with a password${isRoot ? '' : ' (skipped: only root can make an account)'}`, () => {
    const account = `assay-test-${process.pid}`;
    const password = randomBytes(9).toString('base64');
    const keyboard = ['PasswordAuthentication no', 'KbdInteractiveAuthentication yes'];
    let remote: string;
    beforeAll(async () => {
      execFileSync('useradd', ['--no-create-home', '--shell', '/bin/sh', account]);
      execFileSync('chpasswd', { input: `${account}:${password}` });
      remote = await makeFolderRemote(trackedFolder(FILES));
      await chmod(remote, 0o755);
    });
    afterAll(() => {
      execFileSync('userdel', [account], { stdio: 'ignore' });
    });
    const at = (port: number) => `ssh://${account}@127.0.0.1:${port}`;

    it('takes the password, given or asked for once', async () => {
      const given = [`password = "${password}"`];
      expect(await pulled(at(server.port), given, await home())).toEqual(HASHES);
      const askHidden = () => Promise.resolve(password);
      const asked = ['ask_password = true'];
      expect(await pulled(at(server.port), asked, await home({ askHidden }))).toEqual(HASHES);
    });

    it('answers a server that asks for it by keyboard', async () => {
      const asking = await startSshd([...keyboard, 'UsePAM yes']);
      const environment = await homeWith(await asking.hostKeys());
      const given = [`password = "${password}"`];
      expect(await pulled(at(asking.port), given, environment)).toEqual(HASHES);
      // Each connection asks anew.
      const line = await cuttingLine(asking, { afterBytes: 100_000, from: 'server', times: 1 });
      const again = await homeWith(await asking.hostKeys(line.port));
      expect(await pulled(at(line.port), given, again)).toEqual(HASHES);
      expect(line.connections).toBe(2);
    });

    it('goes through both where a server wants a key and a password', async () => {
      const both = await startSshd(['AuthenticationMethods publickey,password']);
      const environment = await homeWith(await both.hostKeys());
      const given = [`password = "${password}"`, `keyfile = ${both.key}`];
      expect(await pulled(at(both.port), given, environment)).toEqual(HASHES);
      const { root } = await project(at(both.port), given.slice(1));
      const failure = await failureOf(pull({ targets: [], jobs: 2, cwd: root, environment }));
      expect(failure.code).toBe('DVC_ACCESS_DENIED');
    });

    it('says when the account may not write or read', async () => {
      const folder = path.join(await temporaryFolder(), 'store');
      await mkdir(folder, { mode: 0o755 });
      const { root } = await project(at(server.port), [`password = "${password}"`], folder);
      await chmod(path.dirname(folder), 0o755);
      await writeFiles(path.join(root, 'data/set'), Object.entries(FILES));
      const environment = await home();
      const options = { targets: [], jobs: 1, cwd: root, environment };
      const failure = await failureOf(push(options));
      expect(failure.code).toBe('DVC_ACCESS_DENIED');
      expect(JSON.stringify([failure.message, failure])).not.toContain(password);
      for (const local of ['data/set', '.dvc/cache']) {
        await rm(path.join(root, local), { recursive: true });
      }
      await chmod(folder, 0o700);
      expect(await failureOf(pull(options))).toMatchObject({ code: 'DVC_ACCESS_DENIED' });
    });
  });
});
