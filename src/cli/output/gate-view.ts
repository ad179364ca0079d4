/** The gate's verdict for a terminal: each threshold, what was reached, and whether that is enough. */
import type { GateResult, ThresholdCheck } from '../../metrics/gate';
import { styleFor } from './style';
import { type Cell, tableLines } from './table';

/** Writes a line for each threshold and one for the whole. */
export function writeGate(
  out: NodeJS.WritableStream,
  gate: GateResult,
  options: { isTty?: boolean } = {},
): void {
  const style = styleFor(options.isTty ?? false);
  const verdict = (passed: boolean): Cell => ({
    text: passed ? 'passed' : 'missed',
    paint: (padded) => style(passed ? 'green' : 'red', padded),
  });
  const lines = tableLines(
    [
      { title: 'Threshold', align: 'left' },
      { title: 'Bound', align: 'right' },
      { title: 'Actual', align: 'right' },
      { title: '', align: 'left' },
    ],
    gate.checks.map((check) => [
      check.metric,
      `${check.kind === 'minimum' ? '≥' : '≤'} ${check.bound}`,
      actualText(check),
      verdict(check.passed),
    ]),
    { paintHeader: (line) => style('bold', line) },
  );
  const missed = gate.checks.filter(({ passed }) => !passed).length;
  const summary = gate.passed
    ? style('green', 'Gate passed.')
    : style('red', `Gate missed: ${missed} of ${gate.checks.length} thresholds.`);
  out.write(`${[...lines, summary].join('\n')}\n`);
}

/** At least four decimals, and as many as it takes for the text to tell the same verdict as the number. */
function actualText({ actual, bound }: ThresholdCheck): string {
  for (let decimals = 4; Number.isFinite(actual) && decimals < 17; decimals++) {
    const text = actual.toFixed(decimals);
    if (Math.sign(Number(text) - bound) === Math.sign(actual - bound)) return text;
  }
  return String(actual);
}
