/** `assay credentials edit`: changes what is sealed, in an editor on memory or field by field. */
import { Command } from 'commander';
import { askCredentials } from '../config/ask-credentials';
import { MAX_CREDENTIALS_BYTES, openCredentials, parseSealed } from '../config/credentials';
import { credentialsYaml, parseCredentials } from '../config/credentials-fields';
import { type MemoryEditor, memoryEditor } from '../config/edit-in-memory';
import { writeSecretFile } from '../config/secret-file';
import type { Terminal } from '../config/terminal';
import { seal } from '../config/vault';
import { resolveVaultPassword } from '../config/vault-password';
import { UserError } from '../errors';
import { asking, fileOption, targetFile } from './credentials-target';
import { unbroken } from './interruptible';
import type { CommandIo } from './output/command-io';

export function editCredentialsCommand(io: CommandIo): Command {
  return (
    new Command('edit')
      .description(
        'change what is sealed: in VISUAL or EDITOR on a file in memory, else field by field at the terminal',
      )
      .addOption(fileOption())
      // A signal must not leave the text in memory behind.
      .action(({ file }: { file?: string }) => unbroken(() => run(io, targetFile(file).file)))
  );
}

async function run(io: CommandIo, file: string): Promise<void> {
  const editor = await memoryEditor(process.env);
  const { vaultPassword, opened } = await asking(io, async (terminal) => {
    const password = await resolveVaultPassword(process.env, terminal);
    return { vaultPassword: password, opened: await openCredentials(file, password) };
  });
  const text = editor
    ? await editUntilValid(io, editor, opened.text)
    : await asking(io, (terminal) => editFields(terminal, file, opened.text));
  if (text === opened.text) {
    io.stdout.write(
      `Nothing was changed in ${file}. (An editor that returns at once needs --wait.)\n`,
    );
    return;
  }
  await writeSecretFile(file, await seal(text, vaultPassword, opened.vaultId), opened.sealed);
  io.stdout.write(`Sealed ${file}\n`);
}

/** What was typed is not thrown away for a slip, where somebody can be asked. */
async function editUntilValid(
  io: CommandIo,
  editor: MemoryEditor,
  original: string,
): Promise<string> {
  let text = original;
  for (;;) {
    text = await editor.edit(text, MAX_CREDENTIALS_BYTES);
    if (text === original) return text;
    try {
      parseCredentials('the editor', text, 'Nothing was changed.');
      return text;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      await asking(io, async (terminal) => {
        if (terminal === undefined) throw error;
        terminal.tell(error.message);
        const answer = await terminal.ask('Back to the editor? [Y/n] ');
        if (/^n/i.test(answer.trim())) throw error;
      });
    }
  }
}

async function editFields(
  terminal: Terminal | undefined,
  file: string,
  text: string,
): Promise<string> {
  if (terminal === undefined) {
    throw new UserError(
      'CREDENTIALS_NO_EDITOR',
      'There is neither a terminal nor an editor (EDITOR) with a file system in memory (/dev/shm) to work on. ' +
        'Replace the file: "assay credentials init --force" reads the fields from standard input.',
    );
  }
  const known = fieldsOrNothing(file, text);
  const credentials = await askCredentials(terminal, known);
  const yaml = credentialsYaml(credentials);
  // The same fields in other words are no change; comments in the text are worth keeping.
  return known && credentialsYaml(known) === yaml ? text : yaml;
}

/** Fields that can't be used are asked for anew. */
function fieldsOrNothing(file: string, text: string) {
  try {
    return parseSealed(file, text);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
