/** Disks of 1 MiB in memory: only root may mount them, and not in every container. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const mounted: string[] = [];

export function mountSmallDisk(folder: string, options = ''): void {
  const all = `size=1m${options}`;
  execFileSync('mount', ['-t', 'tmpfs', '-o', all, 'tmpfs', folder], { stdio: 'ignore' });
  mounted.push(folder);
}

export function canMount(): boolean {
  const folder = mkdtempSync(path.join(tmpdir(), 'assay-test-mount-'));
  try {
    mountSmallDisk(folder);
    return true;
  } catch {
    return false;
  } finally {
    unmountAll();
    rmdirSync(folder);
  }
}

export function unmountAll(): void {
  for (const folder of mounted.splice(0)) execFileSync('umount', [folder]);
}
