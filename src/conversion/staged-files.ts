/** Writes the files of a new checkpoint into a folder beside their place, to be proven before they go there. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { checkFilesFree, placeFiles } from './place-files';
import { checkFolderFree, placeFolder } from './place-folder';
import type { Target } from './target';
import { guarded } from './target-errors';

export class StagedFiles {
  private constructor(
    private readonly target: Target,
    private readonly folder: string,
    private readonly files: ReadonlyMap<string, Uint8Array>,
    private readonly force: boolean,
  ) {}

  /**
   * Refuses before anything is written or run what would be refused at the end.
   *
   * @param force whether files that are there may be replaced; a folder only where it is a tfjs model itself
   * @throws UserError CONVERT_TARGET_EXISTS, CONVERT_TARGET_OCCUPIED; OperationalError CONVERT_NOT_WRITTEN
   */
  static write(
    target: Target,
    files: ReadonlyMap<string, Uint8Array>,
    force: boolean,
  ): Promise<StagedFiles> {
    return guarded(target.path, async () => {
      await (isFolder(target)
        ? checkFolderFree(target.path, force)
        : checkFilesFree(path.dirname(target.path), files, force));
      const folder = await mkdtemp(
        path.join(path.dirname(target.path), `.${path.basename(target.path)}.`),
      );
      const staged = new StagedFiles(target, folder, files, force);
      try {
        for (const [name, content] of files) await writeDurably(path.join(folder, name), content);
        return staged;
      } catch (error) {
        await staged.discard();
        throw error;
      }
    });
  }

  /** Where the checkpoint can be read as long as it is not in its place. */
  get path(): string {
    return isFolder(this.target)
      ? this.folder
      : path.join(this.folder, path.basename(this.target.path));
  }

  /**
   * @returns the paths of the files
   * @throws as `write`, for what came into its way meanwhile
   */
  async keep(): Promise<string[]> {
    const { target, folder, files, force } = this;
    const parent = isFolder(target) ? target.path : path.dirname(target.path);
    await guarded(target.path, () =>
      isFolder(target)
        ? placeFolder(folder, target.path, force)
        : placeFiles(folder, parent, files, force),
    );
    return [...files.keys()].map((name) => path.join(parent, name));
  }

  /** To be called at the end in any case; what `keep` has put in its place stays. */
  async discard(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

function isFolder({ format }: Target): boolean {
  return format === 'tfjs';
}

async function writeDurably(file: string, content: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o644);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
