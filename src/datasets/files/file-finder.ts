/** Finds published files: in the data folder, in a mirror folder, at public addresses, in this order. */
import path from 'node:path';
import { OperationalError, UserError } from '../../errors';
import type { DownloadProgress } from '../dataset';
import { createPromiseCache } from '../promise-cache';
import { downloadPublishedFile } from './download';
import { reasonOf } from './errno';
import { DEFAULT_TIMEOUTS, type HttpTimeouts } from './http-get';
import { checkPublishedFile, type PublishedFile } from './published-file';

export interface FilePlaces {
  /** Where downloads are kept. It belongs to Assay: a wrong file in it is replaced by the published one. */
  dataDir: string;
  /** A folder that somebody else keeps; it is only read, and a wrong file in it is refused. */
  mirrorDir?: string | undefined;
  /** Asked one after another; the file's name is added. Empty: nothing is downloaded. */
  baseUrls: readonly string[];
  timeouts?: Partial<HttpTimeouts> | undefined;
  /** Ends a running download when aborted (the process stops): it leaves nothing and rejects with the reason. */
  signal?: AbortSignal | undefined;
  /** Told in a sentence what the operator should know though it went well. */
  onWarning?: ((message: string) => void) | undefined;
}

export interface FileFinder {
  /** Fetches the file where it is missing. @throws what {@link read} throws */
  ensure(file: PublishedFile, onProgress?: DownloadProgress): Promise<void>;
  /**
   * The bytes of the file, checked by its MD5.
   * @throws UserError DATASET_CHECKSUM where the mirror holds another file under this name
   * @throws OperationalError DATASET_UNAVAILABLE with what was wrong at each place and what to do
   */
  read(file: PublishedFile, onProgress?: DownloadProgress): Promise<Uint8Array>;
}

/**
 * @param title what the files are of, for messages
 * @param files all files of the dataset: someone who must provide them by hand needs their names
 * @throws UserError DATASET_ADDRESS_INVALID
 */
export function createFileFinder(
  title: string,
  files: readonly PublishedFile[],
  places: FilePlaces,
): FileFinder {
  const { dataDir, mirrorDir } = places;
  const bases = places.baseUrls.map(parseBase);
  const timeouts = { ...DEFAULT_TIMEOUTS, ...places.timeouts };
  const downloading = createPromiseCache<undefined>('while-running');

  async function find(
    file: PublishedFile,
    onProgress: DownloadProgress | undefined,
    into?: Uint8Array,
  ): Promise<void> {
    const target = path.join(dataDir, file.name);
    const reasons: string[] = [];
    const kept = await checkPublishedFile(target, file, into);
    if (kept.state === 'right') return;
    reasons.push(`${target}: ${kept.state === 'wrong' ? kept.reason : 'not there'}`);

    if (mirrorDir !== undefined) {
      const mirrored = path.join(mirrorDir, file.name);
      const check = await checkPublishedFile(mirrored, file, into);
      if (check.state === 'right') return;
      if (check.state === 'wrong') throw wrongMirror(mirrored, check.reason);
      reasons.push(`${mirrored}: not there`);
    }

    await downloading(target, () => download(file, target, reasons, onProgress));
    if (kept.state === 'wrong') {
      places.onWarning?.(`${target} was fetched again, because ${kept.reason}.`);
    }
    if (into === undefined) return;
    const fresh = await checkPublishedFile(target, file, into);
    if (fresh.state !== 'right') throw unavailable([`${target}: changed while it was read`]);
  }

  async function download(
    file: PublishedFile,
    target: string,
    reasons: readonly string[],
    onProgress?: DownloadProgress,
  ): Promise<undefined> {
    const failures: string[] = [];
    const report = (receivedBytes: number): void => {
      onProgress?.({ file: file.name, receivedBytes, totalBytes: file.sizeBytes });
    };
    for (const base of bases) {
      const address = new URL(file.name, base);
      try {
        await downloadPublishedFile(address, file, target, timeouts, report, places.signal);
        return undefined;
      } catch (error) {
        places.signal?.throwIfAborted();
        failures.push(`${withoutSecrets(address)}: ${reasonOf(error)}`);
      }
    }
    throw unavailable([...reasons, ...failures]);
  }

  function unavailable(reasons: readonly string[]): OperationalError {
    const names = files.map(({ name }) => name).join(', ');
    return new OperationalError(
      'DATASET_UNAVAILABLE',
      `${title} could not be had. ${reasons.join('; ')}. Put the ${files.length} files (${names}) into ` +
        `${dataDir}, or set ASSAY_DATA_MIRROR to a folder that holds them, or connect to the network.`,
      { details: { dataset: title, reasons } },
    );
  }

  return {
    ensure: (file, onProgress) => find(file, onProgress),
    async read(file, onProgress) {
      const bytes = new Uint8Array(file.sizeBytes);
      await find(file, onProgress, bytes);
      return bytes;
    },
  };
}

function wrongMirror(file: string, reason: string): UserError {
  return new UserError(
    'DATASET_CHECKSUM',
    `${file} in the mirror is not the published file: ${reason}. Replace or remove it.`,
    { details: { file, reason } },
  );
}

function parseBase(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new UserError(
      'DATASET_ADDRESS_INVALID',
      'An address to download a dataset from must be a full http or https address.',
    );
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** Without user, password and query, which may hold a token. */
function withoutSecrets({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}
