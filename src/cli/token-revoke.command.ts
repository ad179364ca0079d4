/** `assay token revoke ID`: ends a token for good. */
import { Command } from 'commander';
import type { CommandIo } from './output/command-io';
import { printable } from './output/printable';
import { withTokens } from './with-tokens';

export function revokeTokenCommand(io: CommandIo): Command {
  return new Command('revoke')
    .description('refuse a token from now on; its WebSockets end within seconds')
    .argument('<id>', 'as "assay token list" shows it; not the token')
    .action(async (id: string) => {
      const token = await withTokens((tokens) => tokens.revoke(id));
      io.stdout.write(`Revoked ${token.id} (${printable(token.name)}, ${token.role}).\n`);
    });
}
