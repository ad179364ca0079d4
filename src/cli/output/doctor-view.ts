/** The doctor's findings for a terminal, one by one as they come. */
import type { Finding, FindingState } from '../../doctor/finding';
import { pad, printable } from './printable';
import { styleFor, type StyleName } from './style';

const MARKS: Readonly<Record<FindingState, { word: string; style: StyleName }>> = {
  ok: { word: 'ok', style: 'green' },
  warning: { word: 'look', style: 'bold' },
  failed: { word: 'FAIL', style: 'red' },
  skipped: { word: '-', style: 'dim' },
};
const NAME_WIDTH = 22;
const MARK_WIDTH = 6;

export function findingLines({ check, state, message }: Finding, isTty: boolean): string {
  const { word, style } = MARKS[state];
  const [first = '', ...others] = message.split('\n').map(printable);
  const mark = styleFor(isTty)(style, pad(word, MARK_WIDTH, 'left'));
  const indent = ' '.repeat(MARK_WIDTH + NAME_WIDTH);
  return [
    `${mark}${pad(check, NAME_WIDTH, 'left')}${first}`,
    ...others.map((line) => indent + line),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

export function summaryLine(findings: readonly Finding[], isTty: boolean): string {
  const count = (state: FindingState) => findings.filter((one) => one.state === state).length;
  const style = styleFor(isTty);
  if (count('failed') > 0)
    return style('red', `${count('failed')} of ${findings.length} failed.`) + '\n';
  const looks = count('warning');
  const words = looks === 0 ? 'All is well.' : `Nothing fails; ${looks} to look at.`;
  return style('green', words) + '\n';
}
