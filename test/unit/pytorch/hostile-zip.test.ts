/** Archives that are cut, padded, packed, encrypted or damaged: each is refused by its own code. */
import { deflateRawSync } from 'node:zlib';
import { archive, archiveFiles, codeOf, fixture, FOUR_ONES, refusalOf } from './files';
import { dict, pickle, tensor } from './pickle-writer';
import { writeZip, type ZipEntryOptions } from './zip-writer';

const WEIGHTS = pickle(dict({ weight: tensor({ shape: [4], strides: [1] }) }));

/** The good archive with one more entry. */
function withEntry(
  name: string,
  options: ZipEntryOptions = {},
  data: Uint8Array = FOUR_ONES,
): Buffer {
  return archive(WEIGHTS, { more: [{ name, data, options }] });
}

const withPickle = (pickleOptions: ZipEntryOptions): Buffer => archive(WEIGHTS, { pickleOptions });

describe('an archive that is not whole', () => {
  const whole = fixture('dtypes.pt');

  test('an empty file is refused', () => {
    expect(codeOf(Buffer.alloc(0))).toBe('PYTORCH_EMPTY');
  });

  test('a file cut at any byte is refused as truncated', () => {
    const codes = new Set<string>();
    for (let length = 1; length < whole.length; length++)
      codes.add(codeOf(whole.subarray(0, length)));
    expect([...codes]).toEqual(['PYTORCH_TRUNCATED']);
  });

  test.each([
    ['behind it', Buffer.concat([whole, Buffer.from('x')])],
    ['before it', Buffer.concat([Buffer.from('#!/bin/sh\n'), whole])],
    ['that are another zip archive', Buffer.concat([whole, whole])],
    ['only', Buffer.from('no archive at all')],
    ['that are zeros', Buffer.alloc(4096)],
  ])('bytes %s are refused', (_where, bytes) => {
    expect(codeOf(bytes)).toBe('PYTORCH_ZIP_INVALID');
  });

  test.each([
    [
      'a tar archive',
      Buffer.concat([Buffer.alloc(257), Buffer.from('ustar\u000000'), Buffer.alloc(1000)]),
    ],
    ['the preview format', Buffer.from('PYTORCH1 and what follows')],
    ['a bare pickle', Buffer.from(WEIGHTS)],
  ])('%s is a legacy format, and the message says what to do', (_name, bytes) => {
    const refusal = refusalOf(bytes);
    expect(refusal.code).toBe('PYTORCH_LEGACY_FORMAT');
    expect(refusal.message).toContain('torch.save(model.state_dict(), path)');
  });
});

describe('an entry with another encoding', () => {
  const bomb = deflateRawSync(Buffer.alloc(64 * 2 ** 20));

  test.each([
    ['deflated', { method: 8 }],
    ['compressed in another way', { method: 93 }],
  ])('a pickle that is %s is refused', (_name, options) => {
    expect(codeOf(withPickle(options))).toBe('PYTORCH_ZIP_COMPRESSED');
  });

  test('a bomb of 64 MB is refused without being unpacked', () => {
    const before = process.memoryUsage().arrayBuffers;
    const bytes = withEntry('archive/data/1', { method: 8, centralSize: 64 * 2 ** 20 }, bomb);
    expect(codeOf(bytes)).toBe('PYTORCH_ZIP_COMPRESSED');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 2 ** 20);
  });

  test.each([
    ['encrypted', { flags: 0x0809 }],
    ['strongly encrypted', { flags: 0x0849 }],
    ['masked', { flags: 0x2808 }],
    ['encrypted with AES', { method: 99 }],
  ])('an entry that is %s is refused', (_name, options) => {
    expect(codeOf(withEntry('archive/data/1', options))).toBe('PYTORCH_ZIP_ENCRYPTED');
  });

  test('an entry with unknown flags is refused', () => {
    expect(codeOf(withEntry('archive/data/1', { flags: 0x0828 }))).toBe('PYTORCH_ZIP_INVALID');
  });
});

describe('a checksum', () => {
  test('that is wrong is refused and names the entry', () => {
    const refusal = refusalOf(withEntry('archive/data/1', { crc: 1 }));
    expect(refusal).toMatchObject({
      code: 'PYTORCH_ZIP_CRC',
      details: { entry: 'archive/data/1' },
    });
  });

  test('of a changed weight in a real file is refused', () => {
    const bytes = fixture('dtypes.pt');
    const at = bytes.indexOf(Buffer.from(new Float32Array([3.1415927]).buffer));
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    expect(codeOf(bytes)).toBe('PYTORCH_ZIP_CRC');
  });

  test('that was left out everywhere is refused with the option that brings it back', () => {
    const files = archiveFiles(WEIGHTS).map((file) => ({ ...file, options: { crc: 0 } }));
    const refusal = refusalOf(writeZip(files));
    expect(refusal.code).toBe('PYTORCH_ZIP_CRC');
    expect(refusal.message).toContain('compute_crc32 = True');
  });
});
