/** The list of a checkpoint's files, as a store that can't be trusted may send it. */
import { createHash } from 'node:crypto';
import { parseManifest } from '../../../src/store/checkpoint-manifest';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const model = { name: 'model.json', sizeBytes: 3, sha256: sha256('one') };
const weights = { name: 'weights.bin', sizeBytes: 3, sha256: sha256('two') };
const digest = sha256(`${model.sha256}  model.json\n${weights.sha256}  weights.bin\n`);
const json = (...files: unknown[]) => JSON.stringify({ files });

it('accepts files whose hashes give the digest, one or several', () => {
  expect(parseManifest(digest, json(model, { ...weights, more: 'is left out' }))).toEqual({
    files: [model, weights],
  });
  expect(parseManifest(model.sha256, json({ ...model, name: '.net.onnx' })).files).toHaveLength(1);
});

it.each<[string, string]>([
  ['no JSON', '{'],
  ['no object', 'null'],
  ['no list', '{"files": {}}'],
  ['no file', json()],
  ['too many files', json(...Array.from({ length: 5000 }, () => model))],
  ['another digest', json(model)],
  ['a file twice', json(model, model, weights)],
  ['a hash that is none', json(model, { ...weights, sha256: 'abc' })],
  ['a negative size', json(model, { ...weights, sizeBytes: -1 })],
  ['a size that is none', json(model, { ...weights, sizeBytes: '3' })],
  ['a size beyond all', json(model, { ...weights, sizeBytes: 2 ** 40 })],
  ['notes, which the digest leaves out', json(model, weights, { ...model, name: 'metadata.json' })],
])('refuses %s', (_what, text) => {
  expect(() => parseManifest(digest, text)).toThrow(
    expect.objectContaining({ code: 'STORE_CONTENT_WRONG', kind: 'user' }) as Error,
  );
});

it.each(['../weights.bin', 'a/b', 'a\\b', '.', '..', '', 'a\0b', 'a\nb', 'x'.repeat(256)])(
  'refuses the name %j even of the right content',
  (name) => {
    expect(() => parseManifest(weights.sha256, json({ ...weights, name }))).toThrow('was refused');
  },
);
