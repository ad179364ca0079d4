/** `npm run fuzz`: fuzzes readers one after another; exit code 1 where one of them failed. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserError } from '../../src/errors';
import type { FuzzReport } from './fuzz';
import type { FuzzFile } from './fuzz-file';
import { guardedFuzz } from './guarded-fuzz';
import { type FuzzOptions, parseOptions } from './options';
import { printCodes, printFailure, printTable } from './report';

async function main(): Promise<void> {
  const { readers, ...range } = optionsOrExit();
  const reports: FuzzReport[] = [];
  for (const reader of readers) {
    const report = await guardedFuzz({ reader, ...range });
    reports.push(report);
    for (const failure of report.failures) {
      const folder = await keptFile(`${reader}-${range.seed}-${failure.index}`, failure.file);
      process.stderr.write(`${printFailure(reader, range.seed, failure, folder)}\n`);
    }
    process.stdout.write(`${printCodes(report)}\n`);
  }
  process.stdout.write(`\n${printTable(reports)}\n`);
  if (reports.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
}

function optionsOrExit(): FuzzOptions {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

/** A new folder, so that a file of another run, or somebody's link, is not written over. */
async function keptFile(name: string, { files }: FuzzFile): Promise<string> {
  const folder = path.join(await mkdtemp(path.join(tmpdir(), 'assay-fuzz-')), name);
  await mkdir(folder);
  for (const [file, bytes] of files) await writeFile(path.join(folder, file), bytes);
  return folder;
}

void main();
