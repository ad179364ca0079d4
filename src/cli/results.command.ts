/** `assay results …`: what is stored, listed and taken elsewhere. */
import { Command } from 'commander';
import type { CommandIo } from './output/command-io';
import { exportResultsCommand } from './results-export.command';
import { listResultsCommand } from './results-list.command';

export function resultsCommand(io: CommandIo): Command {
  return new Command('results')
    .description('list stored results and export them')
    .addCommand(listResultsCommand(io))
    .addCommand(exportResultsCommand(io));
}
