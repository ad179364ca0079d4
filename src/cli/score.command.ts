/** `assay score FILE.json`: the full report on predictions that were made elsewhere. */
import { createReadStream } from 'node:fs';
import { Command } from 'commander';
import { messageOf, UserError } from '../errors';
import { report } from '../metrics/report';
import { parsePredictions } from '../metrics/scored-predictions';
import { totalsOf } from '../metrics/totals';
import type { CommandIo } from './output/command-io';
import { printable } from './output/printable';
import { reportJson } from './output/report-json';
import { writeReport } from './output/report-view';

/** 10,000 rows of 1,000 logits are some 200 MB of JSON; a string of Node ends at 512 MB. */
const MAX_INPUT_BYTES = 256 * 1024 * 1024;

export function scoreCommand(io: CommandIo): Command {
  return new Command('score')
    .description('score predictions that were made elsewhere')
    .argument(
      '<file>',
      'JSON with "labels" (integers), "logits" (a row of numbers a label) and, if you like, ' +
        '"classes" (a number or the names); - reads standard input',
    )
    .option('--json', 'print the report as JSON, one line, all digits')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
    .action(async (file: string, options: { json?: boolean }) => {
      await score(io, file, options.json ?? false);
    });
}

async function score(io: CommandIo, file: string, asJson: boolean): Promise<void> {
  const text = await readInput(io, file);
  const { classCount, classNames, labels, logits } = parsePredictions(parseJson(text));
  const result = report(totalsOf(logits, labels, classCount));
  if (asJson) {
    io.stdout.write(`${JSON.stringify(reportJson(result, classNames))}\n`);
    return;
  }
  const names = classNames ?? Array.from({ length: classCount }, (_, k) => String(k));
  const source = file === '-' ? 'standard input' : file;
  writeReport(
    io.stdout,
    { report: result, classNames: names, header: [['Predictions', source]] },
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
