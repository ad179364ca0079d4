import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { readDvcFile } from '../../../src/dvc/dvc-file';
import { formatManifest, type ManifestEntry, parseManifest } from '../../../src/dvc/manifest';
import type { ObjectId } from '../../../src/dvc/object-id';
import { entriesOf } from '../../../src/dvc/workspace';
import { writeFiles } from '../../integration/dvc/dvc-project';
import { itWithMirror, mirrorFile } from '../../support/reference';
import { temporaryFolder } from '../../support/temporary-folder';

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const LIST: ObjectId = { md5: MD5, isFolder: true, layout: 'dvc3' };
const object: ObjectId = { md5: MD5, isFolder: false, layout: 'dvc3' };
const code = (value: string) => expect.objectContaining({ code: value }) as Error;
const entry = (relpath: string): ManifestEntry => ({ relpath, object });

itWithMirror(
  "Fashion-MNIST, packed and unpacked, has the digest of the project's .dvc file",
  async () => {
    const folder = await temporaryFolder();
    let sizeBytes = 0;
    for (const name of [
      'train-images-idx3-ubyte',
      'train-labels-idx1-ubyte',
      't10k-images-idx3-ubyte',
      't10k-labels-idx1-ubyte',
    ]) {
      const packed = await readFile(mirrorFile(`${name}.gz`));
      const unpacked = gunzipSync(packed);
      await writeFiles(folder, [
        [name, unpacked],
        [`${name}.gz`, packed],
      ]);
      sizeBytes += packed.length + unpacked.length;
    }
    const { id } = formatManifest((await entriesOf(folder, 'dvc3')) ?? [], 'dvc3');
    expect(`${id.md5}.dir`).toBe('ccdd6829f21df1a9b1ef43481ea19b4e.dir');

    const root = path.resolve(__dirname, '../../..');
    const outputs = await readDvcFile(root, path.join(root, 'data/fashion-mnist.dvc'));
    expect(outputs).toMatchObject([
      { path: 'data/fashion-mnist', object: id, sizeBytes, fileCount: 8 },
    ]);
    expect(sizeBytes).toBe(85_828_693);
  },
);

it("is written as Python's json.dumps writes it, sorted by code points", () => {
  const names = ['b', '\u{1f600}', '\uff5e', 'a"\\', 'é\u007f\n', 'a/b'];
  const { bytes } = formatManifest(names.map(entry), 'dvc3');
  // python3 -c 'import json; print(json.dumps(sorted(names)))' for the names.
  const python = '["a\\"\\\\", "a/b", "b", "\\u00e9\\u007f\\n", "\\uff5e", "\\ud83d\\ude00"]';
  const relpaths = JSON.parse(python) as string[];
  const quoted = python.slice(1, -1).split(', ');
  expect(relpaths).toHaveLength(quoted.length);
  const items = quoted.map((name) => `{"md5": "${MD5}", "relpath": ${name}}`);
  expect(bytes.toString()).toBe(`[${items.join(', ')}]`);
});

it.each([
  ['../out'],
  ['a/../../out'],
  ['/etc/passwd'],
  ['C:/x'],
  ['a\\..\\b'],
  ['a//b'],
  ['./a'],
  [''],
  ['a\0b'],
  ['.git/hooks/post-checkout'],
  ['sub/.GIT/config'],
  ['.dvc/config'],
])('refuses the path %j', (relpath) => {
  const text = JSON.stringify([{ md5: MD5, relpath }]);
  expect(() => parseManifest(Buffer.from(text), LIST)).toThrow(code('DVC_MANIFEST_INVALID'));
});

it.each([
  ['no JSON', '[{'],
  ['no list', '{}'],
  ['null', '[null]'],
  ['a number', '[3]'],
  ['no path', `[{"md5": "${MD5}"}]`],
  [
    'a file twice',
    JSON.stringify([
      { md5: MD5, relpath: 'a' },
      { md5: MD5, relpath: 'a' },
    ]),
  ],
  [
    'a file that is a folder',
    JSON.stringify([
      { md5: MD5, relpath: 'a' },
      { md5: MD5, relpath: 'a/b/c' },
    ]),
  ],
  ['a folder in it', JSON.stringify([{ md5: `${MD5}.dir`, relpath: 'a' }])],
])('refuses a list with %s', (_what, text) => {
  expect(() => parseManifest(Buffer.from(text), LIST)).toThrow(code('DVC_MANIFEST_INVALID'));
});

it('refuses an MD5 that would become another path', () => {
  const text = JSON.stringify([{ md5: '../../../../etc/passwd', relpath: 'a' }]);
  expect(() => parseManifest(Buffer.from(text), LIST)).toThrow(code('DVC_FILE_INVALID'));
});

it('reads what it wrote, whatever the names', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
  const usable = name.filter((text) => !/[\\/\0:]/.test(text) && !/^\.+/.test(text));
  fc.assert(
    fc.property(fc.uniqueArray(usable, { maxLength: 20 }), (names) => {
      const { bytes, id } = formatManifest(names.map(entry), 'dvc3');
      const back = parseManifest(bytes, id).map(({ relpath }) => relpath);
      expect(back.sort()).toEqual([...names].sort());
    }),
    { numRuns: 100 },
  );
});
