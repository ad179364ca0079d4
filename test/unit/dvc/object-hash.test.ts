import { createHash } from 'node:crypto';
import { createObjectHash } from '../../../src/dvc/object-hash';

const MIB = 1024 * 1024;
const md5 = (bytes: string | Buffer) => createHash('md5').update(bytes).digest('hex');

function hashed(bytes: Buffer, layout: 'dvc3' | 'dvc2', pieceBytes = bytes.length || 1): string {
  const hash = createObjectHash(layout);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    hash.update(bytes.subarray(at, at + pieceBytes));
  }
  return hash.digest();
}

const text = Buffer.from('one\r\ntwo\r\rthree\r\n\n');

it('DVC 3 hashes the bytes as they are', () => {
  expect(hashed(text, 'dvc3')).toBe(md5(text));
});

it.each([1, 3, 7, 1000])(
  'DVC 2 hashes text with Unix line ends, in pieces of %i bytes',
  (pieceBytes) => {
    expect(hashed(text, 'dvc2', pieceBytes)).toBe(md5('one\ntwo\r\rthree\n\n'));
  },
);

it('DVC 2 leaves alone what has a NUL or much else than ASCII in its first 512 bytes', () => {
  const withNul = Buffer.from('a\r\n\0');
  expect(hashed(withNul, 'dvc2')).toBe(md5(withNul));
  const binary = Buffer.concat([Buffer.alloc(31, 200), Buffer.alloc(67, 'a'), Buffer.from('\r\n')]);
  expect(hashed(binary, 'dvc2')).toBe(md5(binary));
  const mostlyText = Buffer.concat([Buffer.alloc(30, 200), Buffer.alloc(68, 'a')]);
  const lines = Buffer.concat([mostlyText, Buffer.from('\r\n')]);
  expect(hashed(lines, 'dvc2')).toBe(md5(Buffer.concat([mostlyText, Buffer.from('\n')])));
  const lateNul = Buffer.concat([Buffer.alloc(512, 'a'), Buffer.from('\0\r\n')]);
  expect(hashed(lateNul, 'dvc2')).toBe(
    md5(Buffer.concat([Buffer.alloc(512, 'a'), Buffer.from('\0\n')])),
  );
});

it('DVC 2 works in blocks of 1 MiB, and a CRLF across two of them stays', () => {
  const across = Buffer.concat([Buffer.alloc(MIB - 1, 'a'), Buffer.from('\r\nb\r\n')]);
  const expected = Buffer.concat([Buffer.alloc(MIB - 1, 'a'), Buffer.from('\r\nb\n')]);
  expect(hashed(across, 'dvc2', 65_536)).toBe(md5(expected));
});

it('knows the MD5 of nothing', () => {
  expect(hashed(Buffer.alloc(0), 'dvc2')).toBe(md5(''));
});
