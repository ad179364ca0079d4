/** `assay convert FROM TO`: writes a checkpoint in another format, proven to compute the same. */
import { Command, Option } from 'commander';
import { type Conversion, convertCheckpoint } from '../conversion/convert-checkpoint';
import { TARGET_FORMATS, type TargetFormat } from '../conversion/target';
import { createShardEvaluator } from '../inference/worker/shard-evaluator';
import { interruptible } from './interruptible';
import type { CommandIo } from './output/command-io';
import { formatBytes } from './output/numbers';
import { preprocessingFlags } from './output/preprocessing-view';
import { printable } from './output/printable';

interface ConvertFlags {
  format?: TargetFormat;
  architecture?: string;
  force?: boolean;
  json?: boolean;
}

export function convertCommand(io: CommandIo): Command {
  return new Command('convert')
    .description(
      'write a checkpoint in another format, and check on images that it computes the same',
    )
    .argument(
      '<from>',
      'a file *.onnx, *.pth, *.pt or *.safetensors, or the folder of a tfjs model',
    )
    .argument(
      '<to>',
      'a file with one of these endings, or a folder (ending in /) for a tfjs model',
    )
    .addOption(
      new Option('--format <name>', "what to write (default: by the target's ending)").choices(
        TARGET_FORMATS,
      ),
    )
    .option('--architecture <file>', 'YAML that describes the network of a state dict')
    .option('--force', 'replace what is there')
    .option('--json', 'print the result as one line of JSON')
    .action((from: string, to: string, flags: ConvertFlags) => run(io, from, to, flags));
}

async function run(io: CommandIo, from: string, to: string, flags: ConvertFlags): Promise<void> {
  const { format, architecture, force = false, json } = flags;
  const interruption = interruptible();
  const evaluator = createShardEvaluator();
  try {
    const conversion = await convertCheckpoint(evaluator, {
      from,
      to,
      force,
      signal: interruption.signal,
      ...(format && { format }),
      ...(architecture !== undefined && { architecture }),
    });
    if (json) io.stdout.write(`${JSON.stringify(conversion)}\n`);
    else io.stdout.write(wordsFor(from, conversion));
  } finally {
    interruption.end();
    await evaluator.close();
  }
}

function wordsFor(from: string, conversion: Conversion): string {
  const { images, largestDifference, files, preprocessingToGive: needed } = conversion;
  const described = (one: Conversion['from']): string =>
    `${one.format}, ${formatBytes(one.sizeBytes)}, sha256 ${one.digest.slice(0, 12)}…`;
  return [
    `Read      ${printable(from)} (${described(conversion.from)})`,
    ...files.map((file) => `Wrote     ${printable(file)}`),
    `Result    ${described(conversion.to)}`,
    `Checked   on ${images} images: outputs differ by at most ${largestDifference === 0 ? '0' : largestDifference.toExponential(1)}`,
    ...(needed === undefined
      ? []
      : [
          `Note      this format can't say how pixels are prepared; register it with`,
          `          ${preprocessingFlags(needed)}`,
        ]),
    '',
  ].join('\n');
}
