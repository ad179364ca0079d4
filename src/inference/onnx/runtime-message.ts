/** Makes the text of a native runtime fit for callers: short, one line, without paths of this machine. */
import { messageOf } from '../../errors';

const LONGEST = 300;

export function withoutPaths(error: unknown): string {
  const line = messageOf(error)
    // Windows drives, and anything from a slash on; names of nodes such as /conv1/Conv go with them.
    .replace(/(?:\b[A-Za-z]:)?[\\/][^\s:;,'"()[\]]*/g, '…')
    .replace(/[^\P{C}]+|\s+/gu, ' ')
    .trim()
    .replace(/\.$/, '');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
