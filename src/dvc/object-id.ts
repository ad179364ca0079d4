/** Names of stored objects, and where a cache or a remote keeps them. */
import { UserError } from '../errors';

/**
 * DVC 3 names a file by the MD5 of its bytes, under `files/md5`. DVC 2 took the MD5 of text after CRLF became
 * LF, and had no such folder above; DVC 3 goes on with it for .dvc files that don't say `hash: md5`.
 */
export type Layout = 'dvc3' | 'dvc2';

export interface ObjectId {
  /** 32 hex digits. */
  md5: string;
  /** The object is the list of a folder's files. */
  isFolder: boolean;
  layout: Layout;
}

const OID = /^([0-9a-f]{32})(\.dir)?$/;

/** @throws UserError DVC_FILE_INVALID: a name becomes a path, so nothing else may pass */
export function parseObjectId(text: unknown, layout: Layout, where: string): ObjectId {
  const [, md5, folder] = (typeof text === 'string' ? OID.exec(text) : null) ?? [];
  if (md5 === undefined) {
    throw new UserError(
      'DVC_FILE_INVALID',
      `${where}: "md5" must be 32 hex digits, with .dir behind for a folder. Make the file again with "dvc add" or "dvc commit".`,
    );
  }
  return { md5, isFolder: folder !== undefined, layout };
}

/** As DVC writes it. */
export function objectName({ md5, isFolder }: ObjectId): string {
  return isFolder ? `${md5}.dir` : md5;
}

/** Relative, with slashes. */
export function objectPath(id: ObjectId, layout = id.layout): string {
  const name = objectName(id);
  const prefix = layout === 'dvc3' ? 'files/md5/' : '';
  return `${prefix}${name.slice(0, 2)}/${name.slice(2)}`;
}
