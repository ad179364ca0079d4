/** `assay checkpoint register PATH`: stores a checkpoint and what is to be known about it. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { type CheckpointDetails, checkedDetails } from '../checkpoints/checkpoint-inputs';
import type { Registration } from '../checkpoints/checkpoint-registration';
import { checkpointNamed } from '../checkpoints/named-checkpoint';
import {
  CHANNEL_ORDERS,
  type ChannelOrder,
  OUTPUT_KINDS,
  type OutputKind,
} from '../checkpoints/preprocessing';
import { loadConfig } from '../config/load-config';
import { startServices } from '../services';
import { interruptible } from './interruptible';
import type { CommandIo } from './output/command-io';
import { printable } from './output/printable';

interface RegisterFlags {
  name?: string;
  tag: string[];
  notes?: string;
  parent?: string;
  scale?: number;
  mean?: number | number[];
  std?: number | number[];
  channelOrder?: ChannelOrder;
  output?: OutputKind;
  json?: boolean;
}

export function registerCheckpointCommand(io: CommandIo): Command {
  return new Command('register')
    .description('store a checkpoint; the same content under the same preprocessing is one')
    .argument(
      '<path>',
      'a file *.onnx, *.pth, *.pt or *.safetensors, or the folder of a tfjs model',
    )
    .option('--name <name>', "what to call it (default: the file's name)")
    .option(
      '--tag <tag>',
      'may be given several times',
      (tag, tags: string[]) => [...tags, tag],
      [],
    )
    .option('--notes <text>', 'what is to be known about it')
    .option('--parent <id|alias|digest>', 'the registered checkpoint that it was made from')
    .option('--scale <number>', 'what pixels of 0…255 are multiplied by (default: 1/255)', number)
    .option('--mean <numbers>', 'taken away afterwards: one number, or one a channel', numbers)
    .option('--std <numbers>', 'what is left is divided by: likewise', numbers)
    .addOption(
      new Option('--channel-order <order>', 'in which the model takes colours').choices(
        CHANNEL_ORDERS,
      ),
    )
    .addOption(new Option('--output <kind>', 'what the model gives').choices(OUTPUT_KINDS))
    .option('--json', 'print id, digest and whether it is new as one line of JSON')
    .action((path: string, flags: RegisterFlags) => run(io, path, flags));
}

async function run(io: CommandIo, path: string, flags: RegisterFlags): Promise<void> {
  const details = checkedDetails(detailsOf(flags));
  const interruption = interruptible();
  const services = await startServices(loadConfig(), interruption.signal);
  try {
    const parentId =
      flags.parent === undefined ? null : (await checkpointNamed(services, flags.parent)).id;
    const registration = await services.registration.fromPath(path, { ...details, parentId });
    const { id, digest } = registration.checkpoint;
    const { created } = registration;
    if (flags.json) io.stdout.write(`${JSON.stringify({ id, digest, created })}\n`);
    else io.stdout.write(wordsFor(registration));
  } finally {
    interruption.end();
    await services.stop();
  }
}

function detailsOf(flags: RegisterFlags): CheckpointDetails {
  const { name, tag, notes, scale, mean, std, channelOrder, output } = flags;
  const preprocessing = { scale, mean, std, channelOrder, output };
  return {
    ...(name !== undefined && { name }),
    ...(tag.length > 0 && { tags: tag }),
    ...(notes !== undefined && { notes }),
    preprocessing,
  };
}

function wordsFor({ checkpoint, created }: Registration): string {
  const { id, digest, name, format, architecture, parameterCount, preprocessing } = checkpoint;
  const { scale, mean, std, channelOrder, output } = preprocessing;
  const said = created ? 'Registered' : 'Known already, and left as it is:';
  return [
    `${said} ${printable(name)} (${format}, ${parameterCount.toLocaleString('en')} parameters)`,
    `  id             ${id}`,
    `  digest         ${digest}`,
    `  architecture   ${printable(architecture)}`,
    `  preprocessing  (pixel × ${scale} − [${mean.join(', ')}]) / [${std.join(', ')}], ${channelOrder}, gives ${output}`,
    '',
  ].join('\n');
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('a number is needed');
}

/** One number stands for all channels. */
function numbers(text: string): number | number[] {
  const values = text.split(',').map(number);
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : values;
}
