/** `assay credentials …`: makes and changes db.credentials without plain text on a disk. */
import { Command } from 'commander';
import { editCredentialsCommand } from './credentials-edit.command';
import { initCredentialsCommand } from './credentials-init.command';
import { rekeyCredentialsCommand } from './credentials-rekey.command';
import { showCredentialsCommand } from './credentials-show.command';
import type { CommandIo } from './output/command-io';

export function credentialsCommand(io: CommandIo): Command {
  return new Command('credentials')
    .description('make, show and change db.credentials, which Ansible Vault seals')
    .addHelpText(
      'after',
      '\nThe vault password comes from ASSAY_VAULT_PASSWORD, from the file that ASSAY_VAULT_PASSWORD_FILE' +
        '\nnames, or from a hidden prompt; never from an argument, which other users could read.',
    )
    .addCommand(initCredentialsCommand(io))
    .addCommand(showCredentialsCommand(io))
    .addCommand(editCredentialsCommand(io))
    .addCommand(rekeyCredentialsCommand(io));
}
