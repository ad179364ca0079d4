/** `assay credentials show --redacted`: everything in db.credentials but the password. */
import { Command } from 'commander';
import { stringify } from 'yaml';
import { openCredentials, parseSealed } from '../config/credentials';
import { resolveVaultPassword } from '../config/vault-password';
import { UserError } from '../errors';
import { asking, fileOption, targetFile } from './credentials-target';
import type { CommandIo } from './output/command-io';
import { printable } from './output/printable';

interface ShowFlags {
  file?: string;
  redacted?: boolean;
  json?: boolean;
}

export function showCredentialsCommand(io: CommandIo): Command {
  return new Command('show')
    .description('show the fields of db.credentials without the password')
    .option('--redacted', 'yes, without the password: there is no other way')
    .addOption(fileOption())
    .option('--json', 'print it as one line of JSON')
    .action((flags: ShowFlags) => run(io, flags));
}

async function run(io: CommandIo, { file: named, redacted, json }: ShowFlags): Promise<void> {
  if (!redacted) {
    throw new UserError(
      'CREDENTIALS_SHOW_REFUSED',
      'The password is not shown on a screen. Say "assay credentials show --redacted" for all but it; ' +
        'who must see it has "assay credentials edit" or "ansible-vault view".',
    );
  }
  const { file } = targetFile(named);
  const vaultPassword = await asking(io, (terminal) => resolveVaultPassword(process.env, terminal));
  const { text, vaultId } = await openCredentials(file, vaultPassword);
  const fields = parseSealed(file, text).toJSON();
  if (json) {
    io.stdout.write(`${JSON.stringify({ file, vaultId: vaultId ?? null, ...fields })}\n`);
    return;
  }
  const safe = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === 'string' ? printable(value) : value,
  ]);
  const id = vaultId === undefined ? '' : `, vault id ${vaultId}`;
  io.stdout.write(
    `# ${printable(file + id)}\n${stringify(Object.fromEntries(safe), { lineWidth: 0 })}`,
  );
}
