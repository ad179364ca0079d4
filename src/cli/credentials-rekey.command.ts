/** `assay credentials rekey`: seals the same text under another password. */
import { Command } from 'commander';
import { openCredentials } from '../config/credentials';
import { refuseDemoPasswords } from '../config/demo-passwords';
import { writeSecretFile } from '../config/secret-file';
import { seal } from '../config/vault';
import { resolveNewVaultPassword, resolveVaultPassword } from '../config/vault-password';
import { UserError } from '../errors';
import { asking, fileOption, targetFile } from './credentials-target';
import type { CommandIo } from './output/command-io';

interface RekeyFlags {
  file?: string;
  vaultId?: string;
}

export function rekeyCredentialsCommand(io: CommandIo): Command {
  return new Command('rekey')
    .description(
      'seal under a new password: from ASSAY_NEW_VAULT_PASSWORD, ASSAY_NEW_VAULT_PASSWORD_FILE or a prompt',
    )
    .addOption(fileOption())
    .option('--vault-id <label>', 'new label of the vault; "default" takes it away (default: kept)')
    .action((flags: RekeyFlags) => run(io, flags));
}

async function run(io: CommandIo, { file: named, vaultId }: RekeyFlags): Promise<void> {
  const { file } = targetFile(named);
  const { sealed, opened } = await asking(io, async (terminal) => {
    const old = await openCredentials(file, await resolveVaultPassword(process.env, terminal));
    refuseBinary(file, old.text);
    const vaultPassword = await resolveNewVaultPassword(
      'ASSAY_NEW_VAULT_PASSWORD',
      process.env,
      terminal,
    );
    refuseDemoPasswords(process.env, { vaultPassword });
    return { opened: old, sealed: await seal(old.text, vaultPassword, vaultId ?? old.vaultId) };
  });
  await writeSecretFile(file, sealed, opened.sealed);
  io.stdout.write(`Sealed ${file} under the new password\n`);
}

/** What is not UTF-8 came out of the library changed, and would be sealed so. */
function refuseBinary(file: string, text: string): void {
  if (!text.includes('\uFFFD')) return;
  throw new UserError(
    'CREDENTIALS_INVALID',
    `What is sealed in ${file} is not text in UTF-8, and can't be kept as it is. Seal it again with ` +
      '"assay credentials init --force".',
    { details: { file } },
  );
}
