/** Archives whose names climb out or whose records disagree; and those of other writers, which are read. */
import { readPytorchStateDict } from '../../../src/checkpoints/formats/pytorch/read-pytorch';
import { archive, archiveFiles, type ArchiveOptions, codeOf, FOUR_ONES } from './files';
import { dict, pickle, tensor } from './pickle-writer';
import { writeZip, type ZipEntryOptions, type ZipOptions } from './zip-writer';

const WEIGHTS = pickle(dict({ weight: tensor({ shape: [4], strides: [1] }) }));

/** The good archive with one more entry. */
function withEntry(
  name: string,
  options: ZipEntryOptions = {},
  data: Uint8Array = FOUR_ONES,
): Buffer {
  return archive(WEIGHTS, { more: [{ name, data, options }] });
}

describe('a name that climbs out', () => {
  test.each([
    '../../etc/passwd',
    'archive/../../etc/passwd',
    '/etc/passwd',
    'archive/data\\..\\1',
    'C:/windows',
    'archive//1',
    'archive/./1',
    'archive/data/',
    'archive/\u0000',
    `archive/${'x'.repeat(2000)}`,
    '',
  ])('%j is refused', (name) => {
    expect(codeOf(withEntry(name))).toBe('PYTORCH_ZIP_NAME');
  });

  test('that is not UTF-8 is refused', () => {
    const bytes = withEntry('archive/data/X');
    for (let at = bytes.indexOf('data/X'); at >= 0; at = bytes.indexOf('data/X', at)) {
      bytes.writeUInt8(0xff, at + 5);
    }
    expect(codeOf(bytes)).toBe('PYTORCH_ZIP_NAME');
  });

  test.each(['other/data/1', 'loose'])('%j beside the one folder is refused', (name) => {
    expect(codeOf(withEntry(name))).toBe('PYTORCH_ZIP_INVALID');
  });
});

describe('records that disagree', () => {
  test.each<[string, ZipEntryOptions]>([
    ['another name in the directory', { centralName: 'archive/data/9' }],
    ['a larger size in the directory', { centralSize: 17 }],
    ['a smaller size in the directory', { centralSize: 15 }],
    ['a size of gigabytes', { centralSize: 0xfffffff0 }],
    ['a size beyond 2^53', { centralSize: 2 ** 60, wideCentral: true }],
    ['the place of another entry', { centralOffset: 0 }],
    ['a place beyond the end', { centralOffset: 0x7fffffff }],
    ['a gap behind it', { gap: 3 }],
    ['a size that only the zip64 field could tell', { centralSize: 0xffffffff }],
  ])('%s is refused', (_name, options) => {
    expect(codeOf(withEntry('archive/data/1', options))).toBe('PYTORCH_ZIP_INVALID');
  });

  test('two entries of one name are refused', () => {
    expect(codeOf(withEntry('archive/data/0'))).toBe('PYTORCH_ZIP_INVALID');
  });

  test.each<[string, ZipOptions]>([
    ['fewer entries', { entries: 2 }],
    ['more entries', { entries: 4 }],
    ['a longer directory', { directorySize: 1000 }],
    ['a directory of gigabytes', { directorySize: 0xfffffff0 }],
    ['a comment', { comment: 'hello' }],
  ])('end records with %s are refused', (_name, options) => {
    expect(codeOf(archive(WEIGHTS, options))).toBe('PYTORCH_ZIP_INVALID');
    expect(codeOf(archive(WEIGHTS, { ...options, zip64: false }))).toBe('PYTORCH_ZIP_INVALID');
  });

  test('end records with a million entries are refused before the directory is read', () => {
    expect(codeOf(archive(WEIGHTS, { entries: 1_000_000 }))).toBe('PYTORCH_ZIP_LIMIT');
  });

  test('an archive without a pickle, and an empty archive, are refused', () => {
    expect(codeOf(writeZip([{ name: 'archive/version', data: Buffer.from('3\n') }]))).toBe(
      'PYTORCH_ZIP_INVALID',
    );
    expect(codeOf(writeZip([]))).toBe('PYTORCH_ZIP_INVALID');
  });
});

describe('archives of other writers', () => {
  test.each<[string, ArchiveOptions]>([
    ['without zip64 records', { zip64: false }],
    ['with sizes before the data', { pickleOptions: { sizesBefore: true } }],
    ['with 64-bit sizes behind the data', { pickleOptions: { wideDescriptor: true } }],
    ['with 64-bit sizes in the directory', { pickleOptions: { wideCentral: true } }],
    [
      'with a byte order of little',
      { more: [{ name: 'archive/byteorder', data: Buffer.from('little') }] },
    ],
  ])('%s are read', (_name, options) => {
    const read = readPytorchStateDict(archive(WEIGHTS, options));
    expect(read.get('weight')?.values).toEqual(new Float32Array(4).fill(1));
  });

  test.each(['epoch=3-acc:0.91', 'modèle', '..model', 'a b'])('a folder %j is read', (folder) => {
    const files = archiveFiles(WEIGHTS).map(({ name, data }) => ({
      name: name.replace('archive', folder),
      data,
    }));
    expect([...readPytorchStateDict(writeZip(files)).keys()]).toEqual(['weight']);
  });

  test('big-endian numbers are refused, and an unknown order too', () => {
    expect(codeOf(withEntry('archive/byteorder', {}, Buffer.from('big')))).toBe(
      'PYTORCH_BIG_ENDIAN',
    );
    expect(codeOf(withEntry('archive/byteorder', {}, Buffer.from('pdp')))).toBe(
      'PYTORCH_ZIP_INVALID',
    );
  });

  test.each(['archive/constants.pkl', 'archive/code/__torch__.py'])(
    '%s makes it TorchScript',
    (name) => {
      expect(codeOf(withEntry(name, { method: 8 }))).toBe('PYTORCH_TORCHSCRIPT');
    },
  );
});
