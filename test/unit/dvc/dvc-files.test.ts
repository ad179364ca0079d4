import path from 'node:path';
import { findDvcRoot, loadDvcConfig } from '../../../src/dvc/dvc-config';
import { readDvcFile } from '../../../src/dvc/dvc-file';
import { findOutputs } from '../../../src/dvc/find-outputs';
import { parseIni } from '../../../src/dvc/ini';
import { thisEnvironment } from '../../../src/dvc/remotes/environment';
import { openRemote } from '../../../src/dvc/remotes/open-remote';
import { writeFiles } from '../../integration/dvc/dvc-project';
import { temporaryFolder } from '../../support/temporary-folder';

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';

const code = (value: string) => expect.objectContaining({ code: value }) as Error;

async function project(files: Record<string, string>): Promise<string> {
  const root = await temporaryFolder();
  await writeFiles(root, Object.entries({ '.dvc/config': '', ...files }));
  return root;
}

describe("DVC's configuration", () => {
  it('is read as dvc writes it and as people do', () => {
    const text = `
# a comment
[core]
    remote = Store # the default
['remote "Store"']
    url = ../store
    password = "with # and, comma"
[remote "bare"]
url=https://example.org/x
`;
    expect(parseIni(text, 'config')).toEqual(
      new Map([
        ['core', new Map([['remote', 'Store']])],
        [
          'remote "store"',
          new Map([
            ['url', '../store'],
            ['password', 'with # and, comma'],
          ]),
        ],
        ['remote "bare"', new Map([['url', 'https://example.org/x']])],
      ]),
    );
  });

  it('never quotes a broken line, which may hold a secret', () => {
    expect(() => parseIni('[core]\npassword s3cret', 'config.local')).toThrow(
      /^Line 2 of config\.local is neither/,
    );
  });

  it('takes config.local over config, and paths from the folder .dvc', async () => {
    const root = await project({
      '.dvc/config': `[core]\nremote = a\n['remote "a"']\nurl = ../shelf\n['remote "b"']\nurl = ssh://host/x\n`,
      '.dvc/config.local': `['remote "a"']\nuser = me\n[cache]\ndir = /big/cache\n`,
    });
    const config = await loadDvcConfig(root);
    expect(config.remote(undefined)).toEqual({
      name: 'a',
      url: path.join(root, 'shelf'),
      options: new Map([['user', 'me']]),
    });
    expect(config.remote('B').url).toBe('ssh://host/x');
    expect(config.cacheDir).toBe('/big/cache');
    expect(() => config.remote('c')).toThrow(code('DVC_REMOTE_UNKNOWN'));
  });

  it('says that no remote is named, that one has no url, or that there is no project', async () => {
    const root = await project({ 'sub/x': '' });
    const config = await loadDvcConfig(root);
    expect(() => config.remote(undefined)).toThrow(code('DVC_REMOTE_MISSING'));
    expect(await findDvcRoot(path.join(root, 'sub'))).toBe(root);
    await expect(findDvcRoot(path.parse(root).root)).rejects.toThrow(code('DVC_NOT_A_REPOSITORY'));
    const bare = await project({ '.dvc/config': `['remote "a"']\nuser = me\n` });
    await expect(loadDvcConfig(bare)).rejects.toThrow(code('DVC_CONFIG_INVALID'));
  });

  it.each([
    ['gdrive://folder', [], 'DVC_REMOTE_UNSUPPORTED'],
    ['https://example.org/x', [['version_aware', 'true']], 'DVC_REMOTE_UNSUPPORTED'],
    ['https://example.org/x', [['ssl_verify', 'false']], 'DVC_REMOTE_UNSUPPORTED'],
    ['https://example.org/x', [['ssl_verify', '/no/such.pem']], 'DVC_REMOTE_INVALID'],
    ['https://example.org/x', [['auth', 'digest']], 'DVC_REMOTE_UNSUPPORTED'],
    ['http://', [], 'DVC_REMOTE_INVALID'],
  ] as const)('refuses the remote %s with %j', async (url, options, expected) => {
    const config = { name: 'a', url, options: new Map(options) };
    const opening = openRemote(config, thisEnvironment());
    await expect(opening).rejects.toThrow(code(expected));
  });
});

describe('a .dvc file', () => {
  const read = async (yaml: string, file = 'data/x.dvc') => {
    const root = await project({ [file]: yaml });
    return readDvcFile(root, path.join(root, file));
  };

  it('gives its outputs, from wdir, of both generations of DVC', async () => {
    const yaml = `wdir: ../other
outs:
- md5: ${MD5}.dir
  size: 12
  nfiles: 2
  hash: md5
  path: set
  remote: special
- md5: ${MD5}
  path: old.csv
- md5: ${MD5}
  path: untracked
  cache: false
`;
    expect(await read(yaml)).toEqual([
      {
        path: 'other/set',
        dvcFile: 'data/x.dvc',
        object: { md5: MD5, isFolder: true, layout: 'dvc3' },
        sizeBytes: 12,
        fileCount: 2,
        remote: 'special',
        importedFrom: undefined,
      },
      expect.objectContaining({
        path: 'other/old.csv',
        object: { md5: MD5, isFolder: false, layout: 'dvc2' },
      }),
    ]);
  });

  it('tells where an import came from, without its secrets', async () => {
    const yaml = `deps:
- path: https://me:secret@example.org/data.csv?token=secret
  etag: '"abc"'
outs:
- md5: ${MD5}
  hash: md5
  path: data.csv
`;
    expect(await read(yaml)).toMatchObject([{ importedFrom: 'https://example.org/data.csv' }]);
  });

  it.each([
    ['an output outside', `outs:\n- md5: ${MD5}\n  path: ../../etc\n`, 'DVC_PATH_OUTSIDE'],
    ['an absolute output', `outs:\n- md5: ${MD5}\n  path: /etc/passwd\n`, 'DVC_PATH_OUTSIDE'],
    ['the project itself', `outs:\n- md5: ${MD5}.dir\n  path: ..\n`, 'DVC_PATH_OUTSIDE'],
    ['an output in .git', `outs:\n- md5: ${MD5}.dir\n  path: ../.git/hooks\n`, 'DVC_PATH_OUTSIDE'],
    ['an output at an address', `outs:\n- md5: ${MD5}\n  path: s3://b/x\n`, 'DVC_FILE_UNSUPPORTED'],
    ['another hash', `outs:\n- md5: ${MD5}\n  hash: blake3\n  path: x\n`, 'DVC_FILE_UNSUPPORTED'],
    ['files by version', `outs:\n- path: x\n  files: []\n`, 'DVC_FILE_UNSUPPORTED'],
    ['no MD5', `outs:\n- path: x\n`, 'DVC_FILE_INVALID'],
    ['an MD5 that is a path', `outs:\n- md5: ../../x\n  path: x\n`, 'DVC_FILE_INVALID'],
    ['no outputs', 'md5: x\n', 'DVC_FILE_INVALID'],
    ['broken YAML', 'outs: [', 'DVC_FILE_INVALID'],
    ['aliases', 'a: &a [1]\nouts: [*a]\n', 'DVC_FILE_INVALID'],
  ])('is refused with %s', async (_what, yaml, expected) => {
    await expect(read(yaml)).rejects.toThrow(code(expected));
  });

  it('is refused where another tracks the same place', async () => {
    const yaml = (at: string) => `outs:\n- md5: ${MD5}\n  hash: md5\n  path: ${at}\n`;
    const root = await project({ 'a.dvc': yaml('data'), 'b.dvc': yaml('data/x') });
    await expect(findOutputs(root, [])).rejects.toThrow(code('DVC_OUTPUT_TWICE'));
  });
});
