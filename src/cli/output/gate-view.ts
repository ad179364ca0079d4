/** The gate's verdict for a terminal: each check, what was reached, whether that is enough, and what guessing gives. */
import { boundSign } from '../../gate/gate-markdown';
import type { GateReport } from '../../gate/gate.service';
import { type GateCheck, shown } from '../../metrics/gate/judge';
import { printable } from './printable';
import { styleFor } from './style';
import { type Cell, tableLines } from './table';

export type ShownGate = Pick<GateReport, 'passed' | 'checks' | 'dummyBaselines'>;

/** Writes a line for each check and one for the whole; why a check failed stands below the table. */
export function writeGate(
  out: NodeJS.WritableStream,
  { passed, checks, dummyBaselines }: ShownGate,
  options: { isTty?: boolean } = {},
): void {
  const style = styleFor(options.isTty ?? false);
  const verdict = (check: GateCheck): Cell => ({
    text: check.passed ? 'passed' : 'missed',
    paint: (padded) => style(check.passed ? 'green' : 'red', padded),
  });
  const lines = tableLines(
    [
      { title: 'Check', align: 'left' },
      { title: 'Threshold', align: 'right' },
      { title: 'Value', align: 'right' },
      { title: 'Baseline', align: 'right' },
      { title: '', align: 'left' },
    ],
    checks.map((check) => [
      printable(check.name),
      `${boundSign(check.kind)} ${check.threshold}`,
      check.value === null ? '-' : shown(check.value, check.threshold),
      check.baselineValue === null ? '-' : check.baselineValue.toFixed(4),
      verdict(check),
    ]),
    { paintHeader: (line) => style('bold', line) },
  );
  const missed = checks.filter((check) => !check.passed);
  const summary = passed
    ? style('green', 'Gate passed.')
    : style('red', `Gate missed: ${missed.length} of ${checks.length} checks.`);
  const reasons = missed.map(({ reason }) => `  ${printable(reason)}`);
  const guesses = dummyBaselines.map(
    ({ strategy, accuracy, macroF1 }) =>
      `${strategy} ${accuracy.toFixed(4)} (macro-F1 ${macroF1.toFixed(4)})`,
  );
  const dummy = `Guessing would reach an accuracy of: ${guesses.join(', ')}.`;
  out.write(`${[...lines, ...reasons, dummy, summary].join('\n')}\n`);
}
