/** The state of tracked data for a terminal. */
import type { OutputStatus, Share } from '../../dvc/status';
import { formatBytes } from './numbers';
import { printable } from './printable';

/** More names say no more than their number does. */
const SHOWN_CHANGES = 20;

/** Each line with its end. */
export function statusLines(outputs: readonly OutputStatus[]): string[] {
  return outputs.flatMap((output) => {
    const size = output.sizeBytes === undefined ? '' : `, ${formatBytes(output.sizeBytes)}`;
    const { changes, cache, remote } = output;
    return [
      `${printable(output.path)} (${output.md5}${size})`,
      `  workspace  ${output.workspace}`,
      ...namesOf('+', changes.added),
      ...namesOf('~', changes.modified),
      ...namesOf('-', changes.deleted),
      `  cache      ${shareOf(cache)}`,
      ...(remote ? [`  remote     ${shareOf(remote)}`] : []),
    ].map((line) => `${line}\n`);
  });
}

function namesOf(sign: string, names: readonly string[]): string[] {
  const shown = names.slice(0, SHOWN_CHANGES).map((name) => `    ${sign} ${printable(name)}`);
  const more = names.length - shown.length;
  return more > 0 ? [...shown, `    ${sign} … and ${more} more`] : shown;
}

function shareOf({ present, total }: Share): string {
  if (total === undefined) return `${present > 0 ? 'has' : 'lacks'} the list of files`;
  return `${present} of ${total} objects`;
}
