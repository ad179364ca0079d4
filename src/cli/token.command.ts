/** `assay token …`: who may call the service from elsewhere. */
import { Command } from 'commander';
import type { CommandIo } from './output/command-io';
import { createTokenCommand } from './token-create.command';
import { listTokensCommand } from './token-list.command';
import { revokeTokenCommand } from './token-revoke.command';

export function tokenCommand(io: CommandIo): Command {
  return new Command('token')
    .description('make, list and revoke the tokens of callers')
    .addCommand(createTokenCommand(io))
    .addCommand(listTokensCommand(io))
    .addCommand(revokeTokenCommand(io));
}
