/** Writes `.dvc` files, with the fields in dvc's order; what a person wrote into one stays. */
import { readFile } from 'node:fs/promises';
import { Document, isMap, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { writeAtomically } from '../datasets/files/atomic-file';
import { errorCode } from '../datasets/files/errno';
import { UserError } from '../errors';
import { writeFailure } from './storage-errors';

export interface NewVersion {
  /** Relative to the .dvc file. */
  path: string;
  /** With .dir behind for a folder. */
  md5: string;
  sizeBytes: number;
  /** Of a folder. */
  fileCount: number | undefined;
}

/**
 * @param shown the file's name for messages
 * @throws UserError DVC_FILE_UNSUPPORTED; OperationalError DVC_WRITE_FAILED
 */
export async function writeDvcFile(
  file: string,
  shown: string,
  version: NewVersion,
): Promise<void> {
  try {
    const document = (await existing(file, shown)) ?? new Document({ outs: [{}] });
    const out = document.getIn(['outs', 0]) as YAMLMap;
    const { md5, sizeBytes, fileCount, path } = version;
    const fields = { md5, size: sizeBytes, nfiles: fileCount, hash: 'md5', path };
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined) out.delete(name);
      else out.set(name, value);
    }
    const text = document.toString({ lineWidth: 0, indentSeq: false });
    await writeAtomically(file, (handle) => handle.writeFile(text));
  } catch (error) {
    throw writeFailure(file, error);
  }
}

async function existing(file: string, shown: string): Promise<Document | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const document: Document = parseDocument(text);
  const outs = document.get('outs');
  const isOurs = isSeq(outs) && outs.items.length === 1 && isMap(outs.items[0]);
  if (isOurs && !document.has('deps') && !document.has('wdir')) return document;
  throw new UserError(
    'DVC_FILE_UNSUPPORTED',
    `${shown} is an import, or tracks several things. Change it with dvc itself, or remove it and add anew.`,
    { details: { file: shown } },
  );
}
