/** Runs scikit-learn on the same arrays, where the machine has it. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../src/config/project-root';
import type { MadePredictions } from './made-predictions';

const PYTHON = '/usr/bin/python3';
const run = promisify(execFile);

export interface ScikitTimes {
  version: string;
  /** Milliseconds of each round. */
  ms: number[];
  figures: Record<string, number>;
}

export async function hasScikit(): Promise<boolean> {
  return run(PYTHON, ['-c', 'import sklearn']).then(
    () => true,
    () => false,
  );
}

/** @throws Error where the script fails: a comparison that was asked for must not go missing */
export async function timeScikit(
  { logits, labels }: MadePredictions,
  classCount: number,
  rounds: number,
): Promise<ScikitTimes> {
  const folder = await mkdtemp(path.join(tmpdir(), 'assay-bench-'));
  try {
    const files = [path.join(folder, 'logits'), path.join(folder, 'labels')] as const;
    await writeFile(files[0], logits);
    await writeFile(files[1], labels);
    const script = path.join(projectRoot(), 'bench', 'support', 'scikit-metrics.py');
    const { stdout } = await run(PYTHON, [script, ...files, String(classCount), String(rounds)]);
    return JSON.parse(stdout) as ScikitTimes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
