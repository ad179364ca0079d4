/** `assay checkpoint show FILE|ID`: what a checkpoint is made of, without running it. */
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import type { Checkpoint } from '../checkpoints/checkpoint.entity';
import type { CheckpointFiles } from '../checkpoints/formats/checkpoint-files';
import {
  type CheckpointDescription,
  describeCheckpoint,
} from '../checkpoints/formats/describe-checkpoint';
import { listLayers } from '../checkpoints/formats/list-layers';
import { readCheckpoint } from '../checkpoints/formats/read-checkpoint';
import { loadConfig } from '../config/load-config';
import { startServices } from '../services';
import { looksLikeUuid } from '../uuid';
import { interruptible } from './interruptible';
import { type ShownCheckpoint, writeCheckpoint } from './output/checkpoint-view';
import type { CommandIo } from './output/command-io';

export function showCheckpointCommand(io: CommandIo): Command {
  return new Command('show')
    .description('show the layers, size, digest and preprocessing of a checkpoint')
    .argument(
      '<file|id>',
      'a file *.onnx, *.pth, *.pt or *.safetensors, the folder of a tfjs model, or the id of a ' +
        'registered checkpoint',
    )
    .option('--json', 'print it as one line of JSON')
    .action(async (what: string, { json }: { json?: boolean }) => {
      // A file that is called like an id is still a file: it was named by its path.
      const shown =
        looksLikeUuid(what) && !existsSync(what) ? await registered(what) : await onDisk(what);
      if (json) io.stdout.write(`${JSON.stringify(shown)}\n`);
      else writeCheckpoint(io.stdout, shown, { isTty: io.isTty });
    });
}

async function onDisk(path: string): Promise<ShownCheckpoint> {
  const checkpoint = await readCheckpoint(path);
  return shownOf(checkpoint, describeCheckpoint(checkpoint), path);
}

/** Under the name and the preprocessing that it was registered with. */
async function registered(id: string): Promise<ShownCheckpoint> {
  const interruption = interruptible();
  const services = await startServices(loadConfig(), interruption.signal);
  try {
    const row = await services.checkpoints.get(id);
    const checkpoint = await services.checkpoints.files(row);
    const description = describeCheckpoint(checkpoint);
    const shown = { ...description, preprocessing: row.preprocessing };
    const parent = row.parentId === null ? null : await services.checkpoints.get(row.parentId);
    return shownOf(checkpoint, shown, row.name, parent);
  } finally {
    interruption.end();
    await services.stop();
  }
}

function shownOf(
  checkpoint: CheckpointFiles,
  description: CheckpointDescription,
  name: string,
  parent: Checkpoint | null = null,
): ShownCheckpoint {
  const { format, digest, sizeBytes, files } = checkpoint;
  const { inputShape, classCount, classNames, parameterCount, preprocessing } = description;
  return {
    name,
    format,
    digest,
    sizeBytes,
    files: [...files].map(([file, { byteLength }]) => ({ name: file, sizeBytes: byteLength })),
    inputShape,
    classCount,
    classNames: classNames ?? null,
    parameterCount,
    preprocessing,
    parent: parent && { id: parent.id, name: parent.name, isDeleted: parent.deletedAt !== null },
    layers: listLayers(checkpoint),
  };
}
