/**
 * Opens the user's editor on a secret text that lies in memory only: a file in a tmpfs, for its owner alone,
 * gone when the editor ends. Where there is no tmpfs (macOS) no editor is opened. What the editor itself
 * keeps elsewhere (vim's undo and viminfo files, where they are switched on) is its user's to know, and the
 * kernel may swap a tmpfs out as it may this process.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, rmSync } from 'node:fs';
import { access, mkdtemp, open, statfs } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors';
import { readSmallFile } from './secret-file';

/** f_type of statfs(2). */
const IN_MEMORY = [0x01021994 /* tmpfs */, 0x858458f6 /* ramfs */];

/** What an editor and its plug-ins have no need of. */
const SECRET_VARIABLES = ['ASSAY_VAULT_PASSWORD', 'ASSAY_NEW_VAULT_PASSWORD', 'DATABASE_URL'];

type Environment = Readonly<Record<string, string | undefined>>;

export interface MemoryEditor {
  /**
   * @returns the text as it was left
   * @throws UserError CREDENTIALS_EDITOR_FAILED, CREDENTIALS_TOO_LARGE
   */
  edit(text: string, maxBytes: number): Promise<string>;
}

/** @returns undefined where VISUAL and EDITOR name no editor, or no file system in memory can be written */
export async function memoryEditor(env: Environment): Promise<MemoryEditor | undefined> {
  const editor = env['VISUAL'] || env['EDITOR'];
  const place = editor && (await placeInMemory(env));
  if (!place) return undefined;
  return {
    async edit(text, maxBytes) {
      const folder = await mkdtemp(path.join(place, 'assay-'));
      return editIn(folder, editor, env, text, maxBytes);
    },
  };
}

async function placeInMemory(env: Environment): Promise<string | undefined> {
  for (const folder of [env['XDG_RUNTIME_DIR'], '/dev/shm']) {
    if (!folder) continue;
    const found = await statfs(folder).catch(() => undefined);
    if (!found || !IN_MEMORY.includes(found.type)) continue;
    const writable = await access(folder, constants.W_OK).then(
      () => true,
      () => false,
    );
    if (writable) return folder;
  }
  return undefined;
}

async function editIn(
  folder: string,
  editor: string,
  env: Environment,
  text: string,
  maxBytes: number,
): Promise<string> {
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  // Also where a second signal ends the process at once.
  process.once('exit', remove);
  try {
    // The ending lets editors know the language.
    const file = path.join(folder, 'credentials.yaml');
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(text).finally(() => handle.close());
    await runEditor(editor, file, env);
    const edited = await readSmallFile(file, maxBytes);
    if (Buffer.isBuffer(edited)) return edited.toString('utf8');
    throw edited === 'missing'
      ? editorFailed('removed the file')
      : new UserError(
          'CREDENTIALS_TOO_LARGE',
          `The text is larger than ${maxBytes} bytes; nothing was changed.`,
        );
  } finally {
    process.off('exit', remove);
    remove();
  }
}

/** By the shell, as git does it: the variable may hold arguments ("code --wait"). */
async function runEditor(editor: string, file: string, env: Environment): Promise<void> {
  const kept = Object.entries(env).filter(([name]) => !SECRET_VARIABLES.includes(name));
  const child = spawn('sh', ['-c', `${editor} "$1"`, 'editor', file], {
    stdio: 'inherit',
    env: Object.fromEntries(kept),
  });
  const [code, signal] = (await once(child, 'exit').catch(() => [null, 'no shell'])) as [
    number | null,
    string | null,
  ];
  if (code !== 0) throw editorFailed(`ended with ${signal ?? `exit code ${String(code)}`}`);
}

function editorFailed(what: string): UserError {
  return new UserError(
    'CREDENTIALS_EDITOR_FAILED',
    `The editor ${what}; nothing was changed. Check VISUAL and EDITOR.`,
  );
}
