/** `assay token list`: what is kept of all tokens. */
import { Command } from 'commander';
import type { CommandIo } from './output/command-io';
import { tokenLines, tokenView } from './output/token-view';
import { withTokens } from './with-tokens';

export function listTokensCommand(io: CommandIo): Command {
  return new Command('list')
    .description('show all tokens, newest first, never the tokens themselves')
    .option('--json', 'print them as one line of JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const tokens = await withTokens((service) => service.list());
      const lines = json ? [JSON.stringify(tokens.map(tokenView))] : tokenLines(tokens);
      io.stdout.write(`${lines.join('\n')}\n`);
    });
}
