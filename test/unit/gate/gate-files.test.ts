import { execFileSync } from 'node:child_process';
import type { EvaluationResult } from '../../../src/evaluations/evaluation-result.entity';
import { gateJunit } from '../../../src/gate/gate-junit';
import { gateMarkdown } from '../../../src/gate/gate-markdown';
import type { GateReport } from '../../../src/gate/gate.service';

const HOSTILE = 'a|b</td><img src=x>@team](http://x) "&\u0000\u001b\ud800 `c`\n# d';
const REPORT: GateReport = {
  passed: false,
  checks: [
    {
      kind: 'minimum',
      name: `recall of class "${HOSTILE}"`,
      subject: null,
      value: null,
      threshold: 0.5,
      baselineValue: 0.25,
      passed: false,
      reason: `the result has no ${HOSTILE}`,
    },
    {
      kind: 'no_worse_by_mcnemar',
      name: 'predictions',
      subject: null,
      value: 0.3,
      threshold: 0.05,
      baselineValue: null,
      passed: true,
      reason: 'not significantly worse',
    },
  ],
  result: {
    checkpointDigest: 'ab'.repeat(32),
    split: 'test',
    sampleCount: 10_000,
    accuracy: 0.5,
    macroF1: 0.25,
    loss: 1.5,
    createdAt: new Date('2026-01-02T03:04:05.678Z'),
  } as EvaluationResult,
  baseline: null,
  dummyBaselines: [{ strategy: 'stratified', accuracy: 0.1, macroF1: 0.1, loss: null }],
};

/** A parser that is not ours. */
function parsedXml(xml: string): string {
  const program =
    'import sys, json, xml.etree.ElementTree as E\n' +
    'print(json.dumps([[c.get("name"), [f.get("message") for f in c]] for c in E.fromstring(sys.stdin.buffer.read()).iter("testcase")]))';
  return execFileSync('python3', ['-c', program], { input: xml, encoding: 'utf8' });
}

function hasPython(): boolean {
  try {
    execFileSync('python3', ['-c', 'import xml.etree.ElementTree']);
    return true;
  } catch {
    return false;
  }
}

(hasPython() ? test : test.skip)('JUnit XML is well-formed whatever the names are', () => {
  const cases = JSON.parse(parsedXml(gateJunit(REPORT, HOSTILE))) as [string, string[]][];
  expect(cases).toEqual([
    [expect.stringContaining('a|b</td><img src=x>@team'), [expect.stringContaining('has no a|b')]],
    ['predictions no worse by mcnemar 0.05', []],
  ]);
});

test('JUnit XML counts its cases', () => {
  expect(gateJunit(REPORT, 'suite')).toContain(
    '<testsuite name="suite" tests="2" failures="1" errors="0" skipped="0" time="0" timestamp="2026-01-02T03:04:05">',
  );
});

test('no name breaks out of its cell, mentions anybody, or makes a link or a tag', () => {
  const markdown = gateMarkdown(REPORT, { checkpoint: HOSTILE, dataset: 'd' });
  expect(markdown).not.toMatch(/<img|@team|http:\/\/|\]\(/);
  const table = markdown.split('\n').filter((line) => line.startsWith('|'));
  expect(table.map((line) => line.split('|').length)).toEqual([7, 7, 7, 7, 6, 6, 6, 6]);
  expect(markdown).toContain('## ❌ Gate failed: 1 of 2 checks');
  expect(markdown).toContain('| Guessing at random by frequency | 0.1000 | 0.1000 | — |');
});
