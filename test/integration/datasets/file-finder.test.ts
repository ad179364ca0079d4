import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bytes, failureOf, file, Places, put, wrongBytes } from './file-places';

let places: Places;
beforeEach(async () => {
  places = await Places.create();
});
afterEach(() => places.remove());

describe('where a file is looked for', () => {
  test('the data folder comes first and nobody else is asked', async () => {
    await put(places.dataDir, bytes);
    await put(places.mirrorDir, wrongBytes);
    const baseUrls = await places.serve();
    const { mirrorDir } = places;
    expect(bytes.equals(await places.finder({ mirrorDir, baseUrls }).read(file))).toBe(true);
    expect(places.requests).toEqual([]);
  });

  test('the mirror comes second, is read where it lies, and nobody else is asked', async () => {
    await put(places.mirrorDir, bytes);
    const baseUrls = await places.serve();
    const { mirrorDir } = places;
    expect(bytes.equals(await places.finder({ mirrorDir, baseUrls }).read(file))).toBe(true);
    expect(places.requests).toEqual([]);
    expect(await places.namesInDataDir()).toEqual([]);
  });

  test('a file missing in both is downloaded into the data folder, with its progress', async () => {
    const baseUrls = await places.serve();
    const received: number[] = [];
    const read = await places
      .finder({ mirrorDir: places.mirrorDir, baseUrls })
      .read(file, (event) => {
        expect(event).toMatchObject({ file: 'images.gz', totalBytes: bytes.length });
        received.push(event.receivedBytes);
      });
    expect(bytes.equals(read)).toBe(true);
    expect(bytes.equals(await places.kept())).toBe(true);
    expect(await places.namesInDataDir()).toEqual(['images.gz']);
    expect(places.requests).toEqual(['/images.gz']);
    expect(received.at(-1)).toBe(bytes.length);
    expect(received).toEqual(received.toSorted((a, b) => a - b));
  });

  test('a wrong file in the mirror is refused, not replaced', async () => {
    await put(places.mirrorDir, wrongBytes);
    await expect(places.finder({ mirrorDir: places.mirrorDir }).read(file)).rejects.toMatchObject({
      kind: 'user',
      code: 'DATASET_CHECKSUM',
      message: expect.stringContaining(path.join(places.mirrorDir, 'images.gz')) as string,
    });
  });

  test.each([
    ['with other bytes', wrongBytes, /its MD5 is [0-9a-f]{32} instead of/],
    ['cut short', bytes.subarray(0, 10), /it has 10 bytes instead of 300000/],
  ])('a file %s in the data folder is fetched again, with a word', async (_, content, reason) => {
    await put(places.dataDir, content);
    const baseUrls = await places.serve();
    const warnings: string[] = [];
    await places.finder({ baseUrls, onWarning: (warning) => warnings.push(warning) }).ensure(file);
    expect(bytes.equals(await places.kept())).toBe(true);
    expect(warnings).toEqual([expect.stringMatching(reason)]);
  });

  test('a wrong file in the data folder stays as it is where none can be fetched', async () => {
    await put(places.dataDir, wrongBytes);
    const error = await failureOf(places.finder().read(file));
    expect(error.message).toContain('its MD5 is');
    expect(wrongBytes.equals(await places.kept())).toBe(true);
  });

  test('a folder, or a link that leads nowhere, under the name of the file is no file', async () => {
    const { mirrorDir } = places;
    const place = path.join(mirrorDir, file.name);
    const reading = () => places.finder({ mirrorDir }).read(file);
    await mkdir(place);
    await expect(reading()).rejects.toThrow('it is not a regular file');
    await rm(place, { recursive: true });
    await symlink(path.join(mirrorDir, 'nowhere'), place);
    expect((await failureOf(reading())).code).toBe('DATASET_UNAVAILABLE');
  });
});

describe('what the operator reads', () => {
  test('each place with its reason, and what to do', async () => {
    const baseUrls = ['http://127.0.0.1:1/a', 'http://127.0.0.1:2/b/'];
    const { kind, code, message } = await failureOf(
      places.finder({ mirrorDir: places.mirrorDir, baseUrls }).read(file),
    );
    expect({ kind, code }).toEqual({ kind: 'operational', code: 'DATASET_UNAVAILABLE' });
    expect(message).toContain('Pictures could not be had.');
    expect(message).toContain(`${path.join(places.dataDir, 'images.gz')}: not there`);
    expect(message).toContain(`${path.join(places.mirrorDir, 'images.gz')}: not there`);
    expect(message).toMatch(/http:\/\/127\.0\.0\.1:1\/a\/images\.gz: .*ECONNREFUSED/);
    expect(message).toMatch(/http:\/\/127\.0\.0\.1:2\/b\/images\.gz: .*ECONNREFUSED/);
    expect(message).toContain(`(images.gz) into ${places.dataDir}, or set ASSAY_DATA_MIRROR`);
  });

  test('never the password or the token in an address', async () => {
    const baseUrls = ['http://user:hunter2@127.0.0.1:1/?token=hunter3'];
    const error = await failureOf(places.finder({ baseUrls }).read(file));
    expect(error.message + JSON.stringify(error.details)).not.toMatch(/hunter/);
    const invalid = () => places.finder({ baseUrls: ['ftp://user:hunter2@host/'] });
    expect(invalid).toThrow(expect.objectContaining({ code: 'DATASET_ADDRESS_INVALID' }) as Error);
    expect(invalid).not.toThrow(/hunter/);
  });

  test('that the data folder can not be written', async () => {
    await writeFile(path.join(places.root, 'data'), 'a file where a folder should be');
    const baseUrls = await places.serve();
    const error = await failureOf(places.finder({ baseUrls }).read(file));
    expect(error.message).toMatch(/ENOTDIR|EEXIST/);
  });
});
