/** Makes folders on the server, each once, and tidies those that get objects. */
import path from 'node:path';
import type { SftpSession } from './sftp-session';
import { removeStaleParts } from './sftp-upload';

export class RemoteFolders {
  private readonly made = new Map<string, Promise<void>>();

  /** With those above it. */
  async make(session: SftpSession, folder: string, signal: AbortSignal): Promise<void> {
    const isNew = await this.once(folder, () => makeFolder(session, folder, signal));
    if (isNew) await removeStaleParts(session, folder, signal);
  }

  /** @returns false where it had been done before; what failed is tried again */
  private async once(folder: string, work: () => Promise<void>): Promise<boolean> {
    const before = this.made.get(folder);
    if (before) {
      await before;
      return false;
    }
    const making = work();
    this.made.set(folder, making);
    try {
      await making;
      return true;
    } catch (error) {
      this.made.delete(folder);
      throw error;
    }
  }
}

async function makeFolder(
  session: SftpSession,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  if (await session.stat(folder, signal)) return;
  await makeFolder(session, path.posix.dirname(folder), signal);
  try {
    await session.mkdir(folder, signal);
  } catch (error) {
    // Another writer may have been first.
    if (!(await session.stat(folder, signal))) throw error;
  }
}
