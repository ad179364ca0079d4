/** Reads private keys. Their text and passphrases are in no message. */
import { open } from 'node:fs/promises';
import { type ParsedKey, utils } from 'ssh2';
import { errorCode, reasonOf } from '../../../datasets/files/errno';

/** No private key is larger. */
const MAX_KEY_BYTES = 64 * 1024;

export type KeyFile =
  | { state: 'usable'; key: ParsedKey }
  | { state: 'missing' | 'locked' }
  /** In words that follow the file's name. */
  | { state: 'unusable'; problem: string };

export async function readKeyFile(file: string, passphrase: string | undefined): Promise<KeyFile> {
  let text: Buffer;
  try {
    text = await readSmall(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { state: 'missing' };
    return { state: 'unusable', problem: `can't be read (${reasonOf(error)})` };
  }
  const bare = parsed(text);
  if (!(bare instanceof Error)) {
    return bare.isPrivateKey()
      ? { state: 'usable', key: bare }
      : { state: 'unusable', problem: 'is a public key; name the private one' };
  }
  if (!/encrypted/i.test(bare.message)) {
    return { state: 'unusable', problem: 'is not a private key that can be used' };
  }
  if (passphrase === undefined) return { state: 'locked' };
  const key = parsed(text, passphrase);
  return key instanceof Error
    ? { state: 'unusable', problem: 'does not open with the passphrase that was given' }
    : { state: 'usable', key };
}

/** A file of several keys gives the first. */
function parsed(text: Buffer, passphrase?: string): ParsedKey | Error {
  // An array for such files, of which the types don't tell.
  const found = utils.parseKey(text, passphrase) as ParsedKey | Error | ParsedKey[];
  return Array.isArray(found) ? (found[0] ?? new Error('no key')) : found;
}

async function readSmall(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size > MAX_KEY_BYTES) throw new Error(`it is larger than ${MAX_KEY_BYTES} bytes`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
