/** `assay token create`: makes a token and shows it, this once, on stdout and nowhere else. */
import { Command, Option } from 'commander';
import type { CreatedToken } from '../auth/api-token.service';
import { type Role, ROLES } from '../auth/role';
import type { CommandIo } from './output/command-io';
import { printable } from './output/printable';
import { tokenView } from './output/token-view';
import { withTokens } from './with-tokens';

interface CreateFlags {
  name: string;
  role: Role;
  expiresIn?: string;
  json?: boolean;
}

export function createTokenCommand(io: CommandIo): Command {
  return new Command('create')
    .description('make a token; it is shown once')
    .requiredOption('--name <name>', 'whose it is or what it is for')
    .addOption(
      new Option(
        '--role <role>',
        'viewer reads; runner also runs, registers, uploads and sets aliases; worker fetches files; admin may do everything',
      )
        .choices(ROLES)
        .makeOptionMandatory(),
    )
    .option('--expires-in <time>', 'such as 30m, 12h, 90d or 4w (default: never)')
    .option('--json', 'print it as one line of JSON')
    .action(async ({ name, role, expiresIn, json }: CreateFlags) => {
      const created = await withTokens((tokens) => tokens.create({ name, role, expiresIn }));
      io.stdout.write(json ? jsonOf(created) : wordsFor(created));
    });
}

function jsonOf({ token, apiToken }: CreatedToken): string {
  return `${JSON.stringify({ ...tokenView(apiToken), token })}\n`;
}

function wordsFor({ token, apiToken }: CreatedToken): string {
  const { id, name, role, expiresAt } = apiToken;
  return [
    `Token ${id} for ${printable(name)}, role ${role}, expires ${expiresAt?.toISOString() ?? 'never'}.`,
    'Keep it now: it is not shown again.',
    '',
    token,
    '',
  ].join('\n');
}
