/** `assay checkpoint …`: what can be done with one checkpoint. */
import { Command } from 'commander';
import { registerCheckpointCommand } from './checkpoint-register.command';
import { showCheckpointCommand } from './checkpoint-show.command';
import type { CommandIo } from './output/command-io';

export function checkpointCommand(io: CommandIo): Command {
  return new Command('checkpoint')
    .description('store and show checkpoints')
    .addCommand(registerCheckpointCommand(io))
    .addCommand(showCheckpointCommand(io));
}
