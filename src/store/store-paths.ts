/** The addresses under which a service gives out the files that workers on other machines need. */

/** Answers that the store is there and that the token may use it. */
export const STORE_PATH = '/store';

/** The list of a checkpoint's files, as JSON. */
export function checkpointPath(digest: string): string {
  return `${STORE_PATH}/checkpoints/${digest}`;
}

export function checkpointFilePath(digest: string, sha256: string): string {
  return `${checkpointPath(digest)}/${sha256}`;
}

/** The bytes whose SHA-256 is the split's digest. */
export function splitPath(digest: string): string {
  return `${STORE_PATH}/splits/${digest}`;
}
