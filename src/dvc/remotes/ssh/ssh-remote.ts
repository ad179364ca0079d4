/** A remote that is a machine by SSH: one connection for all files, and a new one where it was cut. */
import path from 'node:path';
import { AssayError, OperationalError } from '../../../errors';
import type { RemoteConfig } from '../../dvc-config';
import { noRoomAt } from '../../storage-errors';
import type { RemoteEnvironment } from '../environment';
import type { LocalObject, Remote, RemoteBody } from '../remote';
import { createHostKeyCheck } from './host-key-check';
import { KeptConnection } from './kept-connection';
import { RemoteFolders } from './remote-folders';
import { readPieces } from './sftp-read';
import { SFTP_STATUS, type SftpSession, sftpStatus } from './sftp-session';
import { newUpload, runUpload, type Upload } from './sftp-upload';
import { connectSsh } from './ssh-connection';
import { planLogin } from './ssh-login';
import { sshSettingsOf } from './ssh-settings';

/** A server that is away must not hold up the end of a command. */
const LAST_CONNECTION_MS = 5_000;

/**
 * @throws UserError DVC_REMOTE_INVALID, DVC_REMOTE_UNSUPPORTED, DVC_KEY_UNUSABLE, DVC_PASSWORD_MISSING;
 *   OperationalError DVC_CONFIG_UNREADABLE
 */
export async function createSshRemote(
  config: RemoteConfig,
  environment: RemoteEnvironment,
): Promise<Remote> {
  const settings = await sshSettingsOf(config, environment);
  const hostKeys = await createHostKeyCheck(settings);
  const login = await planLogin(settings, environment);
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  const address = `ssh://${host}:${settings.port}${settings.folder}`;
  const connection = new KeptConnection((signal) => connectSsh(settings, login, hostKeys, signal));
  return new SshRemote(address, settings.folder, connection);
}

class SshRemote implements Remote {
  private readonly uploads = new Map<string, Upload>();
  private readonly folders = new RemoteFolders();

  constructor(
    readonly address: string,
    private readonly folder: string,
    private readonly connection: KeptConnection,
  ) {}

  async find(file: string, signal: AbortSignal): Promise<{ sizeBytes: number } | undefined> {
    const session = await this.connection.session(signal);
    const found = await this.explained(file, session.stat(this.on(file), signal));
    return found?.isFile() ? { sizeBytes: found.size } : undefined;
  }

  async read(file: string, fromByte: number, signal: AbortSignal): Promise<RemoteBody | undefined> {
    const session = await this.connection.session(signal);
    let handle: Buffer;
    try {
      handle = await session.open(this.on(file), 'r', signal);
    } catch (error) {
      if (sftpStatus(error) !== SFTP_STATUS.noSuchFile) throw this.explain(file, error);
      await this.requireFolder(session, signal);
      return undefined;
    }
    try {
      const { size } = await session.fstat(handle, signal);
      const startsAt = fromByte <= size ? fromByte : 0;
      const pieces = readPieces(session, handle, startsAt, size, signal);
      return { startsAt, totalBytes: size, pieces };
    } catch (error) {
      await session.close(handle).catch(() => undefined);
      throw error;
    }
  }

  async write(file: string, object: LocalObject, signal: AbortSignal): Promise<void> {
    const session = await this.connection.session(signal);
    const target = this.on(file);
    const upload = this.uploads.get(target) ?? newUpload(target, object);
    this.uploads.set(target, upload);
    try {
      await this.folders.make(session, path.posix.dirname(target), signal);
      await runUpload(session, upload, signal);
      this.uploads.delete(target);
    } catch (error) {
      const failure = await this.explainWrite(session, upload, error, signal);
      if (failure instanceof AssayError) await this.forget(session, upload);
      throw failure;
    }
  }

  /** Parts that no try could finish are removed, if need be over a last connection. */
  async close(): Promise<void> {
    if (this.uploads.size > 0) {
      const soon = AbortSignal.timeout(LAST_CONNECTION_MS);
      const session = await this.connection.session(soon).catch(() => undefined);
      for (const upload of this.uploads.values()) if (session) await this.forget(session, upload);
    }
    await this.connection.close();
  }

  private on(file: string): string {
    return path.posix.join(this.folder, file);
  }

  private async forget(session: SftpSession, upload: Upload): Promise<void> {
    this.uploads.delete(upload.target);
    await session.unlink(upload.part).catch(() => undefined);
  }

  /** An unmounted disk must not look like one without the object. */
  private async requireFolder(session: SftpSession, signal: AbortSignal): Promise<void> {
    if (await session.stat(this.folder, signal)) return;
    throw new OperationalError(
      'DVC_REMOTE_UNAVAILABLE',
      `The remote's folder is not there: ${this.address}. Mount or make it on the server, push first, or mend the url in .dvc/config.`,
      { details: { remote: this.address } },
    );
  }

  private async explained<T>(file: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw this.explain(file, error);
    }
  }

  private explain(file: string, error: unknown): unknown {
    if (sftpStatus(error) !== SFTP_STATUS.permissionDenied) return error;
    return new OperationalError(
      'DVC_ACCESS_DENIED',
      `The account on the server may not use ${file} in ${this.address}. Have the rights of the folder mended there, or log in as another user.`,
      { details: { remote: this.address, path: file }, cause: error },
    );
  }

  private async explainWrite(
    session: SftpSession,
    { target, part, object, confirmedBytes }: Upload,
    error: unknown,
    signal: AbortSignal,
  ): Promise<unknown> {
    // SFTP has one answer for many failures; a full disk shows by its free space.
    if (sftpStatus(error) === SFTP_STATUS.failure) {
      const folder = path.posix.dirname(part);
      const free = await session.freeBytes(folder, signal).catch(() => undefined);
      if (free !== undefined && free < object.sizeBytes - confirmedBytes) {
        return noRoomAt(this.address, error);
      }
    }
    return this.explain(path.posix.relative(this.folder, target), error);
  }
}
