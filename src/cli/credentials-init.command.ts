/** `assay credentials init`: seals the fields that are typed in, or that standard input brings. */
import { isUtf8 } from 'node:buffer';
import { Command } from 'commander';
import { askCredentials } from '../config/ask-credentials';
import { MAX_CREDENTIALS_BYTES } from '../config/credentials';
import {
  credentialsYaml,
  type DatabaseCredentials,
  parseCredentials,
} from '../config/credentials-fields';
import { refuseDemoPasswords } from '../config/demo-passwords';
import { refuseExisting, writeSecretFile } from '../config/secret-file';
import { seal } from '../config/vault';
import { resolveNewVaultPassword } from '../config/vault-password';
import { UserError } from '../errors';
import { asking, fileOption, targetFile } from './credentials-target';
import type { CommandIo } from './output/command-io';

interface InitFlags {
  file?: string;
  vaultId?: string;
  force?: boolean;
}

export function initCredentialsCommand(io: CommandIo): Command {
  return new Command('init')
    .description(
      'seal how to reach PostgreSQL: asked for at a terminal, else YAML or JSON from standard input',
    )
    .addOption(fileOption())
    .option('--vault-id <label>', 'label of the vault, as ansible-vault knows it')
    .option('--force', 'replace a file that is there')
    .action((flags: InitFlags) => run(io, flags));
}

async function run(io: CommandIo, { file: named, vaultId, force }: InitFlags): Promise<void> {
  const { file, inUse } = targetFile(named);
  if (!force) await refuseExisting(file);
  const sealed = await asking(io, async (terminal) => {
    const credentials = terminal ? await askCredentials(terminal) : await readCredentials(io);
    const vaultPassword = await resolveNewVaultPassword(
      'ASSAY_VAULT_PASSWORD',
      process.env,
      terminal,
    );
    refuseDemoPasswords(process.env, { vaultPassword, password: credentials.password });
    return seal(credentialsYaml(credentials), vaultPassword, vaultId);
  });
  await writeSecretFile(file, sealed, force ? 'anything' : 'nothing');
  io.stdout.write(`Sealed ${file}\n`);
  if (inUse) return;
  io.stdout.write(
    'Have it read by database.credentials in config.yaml or by ASSAY_DB_CREDENTIALS.\n',
  );
}

async function readCredentials(io: CommandIo): Promise<DatabaseCredentials> {
  const stdin = io.stdin ?? process.stdin;
  if (stdin === process.stdin && process.stdin.isTTY) {
    // What is typed without a prompt would be shown.
    throw new UserError(
      'CREDENTIALS_NO_TERMINAL',
      'Standard error is not the terminal, so nothing can be asked. Leave it there, or pipe the fields in.',
    );
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin as AsyncIterable<string | Buffer>) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > MAX_CREDENTIALS_BYTES) {
      throw new UserError(
        'CREDENTIALS_TOO_LARGE',
        `Standard input brings more than ${MAX_CREDENTIALS_BYTES} bytes, which no credentials need.`,
      );
    }
    chunks.push(buffer);
  }
  const input = Buffer.concat(chunks);
  // Decoding puts the sign for what it can't read, which the parser then refuses.
  const text = isUtf8(input) ? input.toString('utf8').replace(/^\uFEFF/, '') : '\uFFFD';
  return parseCredentials('standard input', text, 'Nothing was written.');
}
