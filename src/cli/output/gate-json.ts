/** The gate's report for a program to read. */
import type { GateReport } from '../../gate/gate.service';

export function gateJson({ passed, checks, result, baseline, dummyBaselines }: GateReport) {
  return {
    passed,
    result: result.runId,
    baseline: baseline?.runId ?? null,
    checks: checks.map(({ subject, ...check }) => ({ ...check, ...subject })),
    dummyBaselines,
  };
}
