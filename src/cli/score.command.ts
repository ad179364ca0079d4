/** `assay score FILE.json`: the full report on predictions that were made elsewhere. */
import { createReadStream } from 'node:fs';
import { Command } from 'commander';
import { messageOf, UserError } from '../errors';
import { fullReport } from '../metrics/full-report';
import { parsePredictions } from '../metrics/scored-predictions';
import { bootstrapIntervals } from '../metrics/statistics/bootstrap';
import { MAX_RESAMPLES } from '../metrics/statistics/bootstrap-options';
import type { CommandIo } from './output/command-io';
import { printable } from './output/printable';
import { fullReportJson } from '../evaluations/scores/report-json';
import { writeReport } from './output/report-view';
import { wholeNumber } from './whole-number';

/** 10,000 rows of 1,000 logits are some 200 MB of JSON; a string of Node ends at 512 MB. */
const MAX_INPUT_BYTES = 256 * 1024 * 1024;

interface ScoreFlags {
  json?: boolean;
  bootstrap?: number;
  seed?: number;
  stratified?: boolean;
  curves?: boolean;
}

export function scoreCommand(io: CommandIo): Command {
  return new Command('score')
    .description('score predictions that were made elsewhere')
    .argument(
      '<file>',
      'JSON with "labels" (integers), "logits" (a row of numbers a label) and, if you like, ' +
        '"classes" (a number or the names); - reads standard input',
    )
    .option('--json', 'print the report as JSON, one line, all digits')
    .option(
      '--bootstrap <resamples>',
      'add 95 % bootstrap intervals of the scalars; 1000 are usual',
      wholeNumber(1, MAX_RESAMPLES),
    )
    .option('--seed <n>', 'of the bootstrap (default: 0)', wholeNumber(0, 2 ** 32 - 1))
    .option('--stratified', 'let each class keep its number of samples in a resample')
    .option('--curves', 'add the ROC and precision-recall curves of each class to the JSON')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
    .action((file: string, flags: ScoreFlags) => score(io, file, flags));
}

async function score(io: CommandIo, file: string, flags: ScoreFlags): Promise<void> {
  const text = await readInput(io, file);
  const { classCount, classNames, labels, logits } = parsePredictions(parseJson(text));
  const { report, scores, curves } = fullReport(
    { outputs: logits, labels, classCount },
    { curves: flags.curves ?? false },
  );
  const { bootstrap: resamples, seed = 0, stratified = false } = flags;
  const bootstrap =
    resamples === undefined
      ? undefined
      : bootstrapIntervals(scores, { resamples, seed, stratified });
  if (flags.json) {
    const answer = {
      ...fullReportJson(report, classNames),
      ...(bootstrap && { bootstrap }),
      ...(flags.curves && { curves }),
    };
    io.stdout.write(`${JSON.stringify(answer)}\n`);
    return;
  }
  const names = classNames ?? Array.from({ length: classCount }, (_, k) => String(k));
  const source = file === '-' ? 'standard input' : file;
  writeReport(
    io.stdout,
    {
      report,
      classNames: names,
      header: [['Predictions', source]],
      ...(bootstrap && { bootstrap }),
    },
    { isTty: io.isTty },
  );
}

async function readInput(io: CommandIo, file: string): Promise<string> {
  const source = file === '-' ? (io.stdin ?? process.stdin) : createReadStream(file);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Counted while it is read: a pipe or a device has no size to ask for beforehand.
    for await (const chunk of source as AsyncIterable<string | Buffer>) {
      const buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      bytes += buffer.length;
      if (bytes > MAX_INPUT_BYTES) {
        throw new UserError(
          'SCORE_FILE_TOO_LARGE',
          `The predictions are larger than ${MAX_INPUT_BYTES / 1024 / 1024} MiB: ` +
            'write the logits with fewer digits (float32 needs nine), or score fewer rows.',
        );
      }
      chunks.push(buffer);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      'SCORE_FILE_UNREADABLE',
      `The predictions can't be read: ${printable(messageOf(error))}. Name a readable JSON file.`,
      { cause: error },
    );
  }
  return decode(Buffer.concat(chunks));
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UserError('SCORE_NOT_JSON', 'The predictions are not UTF-8 text: write JSON.', {
      cause: error,
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's message quotes the file.
    throw new UserError(
      'SCORE_NOT_JSON',
      `The predictions are not JSON (NaN and Infinity are not JSON either): ${printable(messageOf(error))}`,
      { cause: error },
    );
  }
}
