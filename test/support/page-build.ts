/** Builds the page where it is not up to date, for tests that open it. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../src/config/project-root';

export async function buildPage(): Promise<void> {
  const root = projectRoot();
  const script = path.join(root, 'src/dashboard/build/build.mjs');
  await promisify(execFile)(process.execPath, [script], { cwd: root });
}
