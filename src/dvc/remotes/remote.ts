/** The port to what keeps objects for others: a folder, a web server, a machine by SSH, a bucket. */

export interface RemoteBody {
  /** The position of the first byte: 0 where the remote can't start in the middle. */
  startsAt: number;
  /** Of the whole object, where the remote says. */
  totalBytes: number | undefined;
  pieces: AsyncIterable<Uint8Array>;
}

export interface RemoteObject {
  /** Undefined where the remote does not say. */
  sizeBytes: number | undefined;
}

export interface ListedObject {
  /** As `find` would be asked for it. */
  path: string;
  sizeBytes: number;
}

/** A file on the disk that is to be stored. */
export interface LocalObject {
  file: string;
  sizeBytes: number;
  /** MD5 of its bytes as they are, in hex. */
  md5: string;
}

/**
 * Paths are relative, with slashes, made of hex digits and fixed names. Methods throw AssayErrors for what a
 * second try won't mend (no access, unknown host key) and others for what it may (a cut connection).
 */
export interface Remote {
  /** For messages; without secrets. */
  readonly address: string;
  /** Undefined where there is no such object. */
  find(path: string, signal: AbortSignal): Promise<RemoteObject | undefined>;
  /** The objects of a folder, where a remote gives many at a time; without it each is looked up alone. */
  list?(folder: string, signal: AbortSignal): AsyncIterable<ListedObject>;
  /** Undefined where there is no such object. */
  read(path: string, fromByte: number, signal: AbortSignal): Promise<RemoteBody | undefined>;
  /** All of it or nothing, as far as the remote can. */
  write(path: string, object: LocalObject, signal: AbortSignal): Promise<void>;
  /** Ends connections. */
  close(): Promise<void>;
}
