/** What git must know of files that DVC keeps: nothing, and not to take them. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '../datasets/files/atomic-file';
import { errorCode } from '../datasets/files/errno';
import { writeFailure } from './storage-errors';

/** False as well where there is no git, or the folder is none of its. */
export async function isTrackedByGit(root: string, file: string): Promise<boolean> {
  const args = ['--literal-pathspecs', 'ls-files', '--error-unmatch', '--', file];
  return new Promise((resolve) => {
    const git = spawn('git', args, { cwd: root, stdio: 'ignore' });
    git.on('error', () => {
      resolve(false);
    });
    git.on('close', (code) => {
      resolve(code === 0);
    });
  });
}

/**
 * Adds the file to `.gitignore` beside it, where it is not there yet.
 * @throws OperationalError DVC_WRITE_FAILED
 */
export async function ignoreInGit(file: string): Promise<void> {
  const target = path.join(path.dirname(file), '.gitignore');
  const line = `/${path.basename(file).replace(/[\\[\]*?#! ]/g, '\\$&')}`;
  try {
    const text = await textOf(target);
    if (text.split(/\r?\n/).includes(line)) return;
    const end = text === '' || text.endsWith('\n') ? '' : '\n';
    await writeAtomically(target, (handle) => handle.writeFile(`${text}${end}${line}\n`));
  } catch (error) {
    throw writeFailure(target, error);
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}
