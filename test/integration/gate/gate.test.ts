/** The gate on two real checkpoints: the project's own against PyTorch's, which is much weaker. */
import { parse } from 'yaml';
import { parseGateRules } from '../../../src/config/gate-rules';
import { GateService } from '../../../src/gate/gate.service';
import { describeWithReference } from '../../support/reference';
import { startWithTwoResults, type TwoCheckpoints } from '../analysis/two-checkpoints';

const GATE = `query ($result: ID!, $baseline: ID, $alias: String) {
  gate(resultId: $result, baselineResultId: $baseline, baselineAlias: $alias) {
    state
    checks { name kind metric className value threshold baselineValue passed reason }
    result { id }
    baseline { id }
    dummyBaselines { strategy accuracy }
    markdown
  }
}`;

interface Gate {
  state: string;
  checks: { name: string; value: number | null; passed: boolean; reason: string }[];
  result: { id: string };
  baseline: { id: string } | null;
  dummyBaselines: { strategy: string; accuracy: number }[];
  markdown: string;
}

describeWithReference('the gate', () => {
  let service: TwoCheckpoints;

  beforeAll(async () => {
    service = await startWithTwoResults((config) => {
      Object.assign(config.thresholds, { accuracy: 0.7, macro_f1: 0.7 });
    });
  }, 180_000);
  afterAll(() => service.end());

  const gate = async (variables: Record<string, string>) =>
    (await service.client.field('gate', GATE, variables)) as Gate;

  /** On the rules of a configuration's text. */
  function gateOn(yaml: string): GateService {
    const { rules, problems } = parseGateRules(parse(yaml) as unknown[]);
    expect(problems).toEqual([]);
    const { results, datasets, analysis } = service.app.services;
    return new GateService({
      rules,
      baseline: null,
      results,
      datasets,
      comparisons: analysis.comparisons,
      slices: analysis.slices,
    });
  }

  test('answers over GraphQL by the thresholds of config.yaml, with what guessing would reach', async () => {
    const report = await gate({ result: service.own });
    expect(report).toMatchObject({
      state: 'PASSED',
      result: { id: service.own },
      baseline: null,
      checks: [
        { name: 'accuracy', passed: true },
        { name: 'macro_f1', passed: true },
      ],
    });
    // Ten classes of a thousand images each.
    for (const { accuracy } of report.dummyBaselines) expect(accuracy).toBeCloseTo(0.1, 12);
    expect(report.dummyBaselines).toHaveLength(2);
    expect(report.markdown).toContain('Gate passed');
  });

  test('the worse checkpoint is significantly worse, and drops by what the accuracies differ', async () => {
    const rules = gateOn('[{no_worse_by_mcnemar: 0.05}, {metric: accuracy, max_drop: 0.01}]');
    const worse = await rules.checkId(service.reference, { resultId: service.own });
    expect(worse.passed).toBe(false);
    expect(worse.checks.map(({ passed }) => passed)).toEqual([false, false]);
    expect(worse.checks[1]?.value).toBeCloseTo(0.918 - 0.8033, 9);
    const better = await rules.checkId(service.own, { resultId: service.reference });
    expect(better.checks.map(({ passed }) => passed)).toEqual([true, true]);
  });

  test('classes and ends of intervals are held against their bounds', async () => {
    const rules = gateOn(`
      - {metric: recall, class: Shirt, min: 0.99}
      - {metric: recall, class: Trouser, min: 0.9, on: lower_bound}
      - {metric: accuracy, min: 0.917, on: lower_bound}
      - {metric: roc_auc, class: Bag, min: 0.99}
      - {metric: recall, class: Hat, min: 0}
    `);
    const { checks } = await rules.checkId(service.own);
    expect(checks.map(({ passed }) => passed)).toEqual([false, true, false, true, false]);
    // The point, 0.918, would have passed.
    expect(checks[2]?.value).toBeLessThan(0.917);
    expect(checks[4]?.reason).toBe('the result has no recall of class "Hat"');
  });

  test('slices are held against their bounds: a class is as accurate as its recall', async () => {
    const rules = gateOn(`
      - {metric: accuracy, slice: class Shirt, min: 0.99}
      - {metric: accuracy, slice: class Trouser, min: 0.9, on: lower_bound}
      - {metric: loss, slice: brightness Q1, max: 5}
      - {metric: accuracy, slice: class Hat, min: 0}
      - {metric: recall, class: Shirt, min: 0.99}
      - {metric: accuracy, slice: class Shirt, max_drop: 0}
    `);
    const { checks } = await rules.checkId(service.own, { resultId: service.own });
    expect(checks.map(({ passed }) => passed)).toEqual([false, true, true, false, false, true]);
    expect(checks[0]?.value).toBe(checks[4]?.value);
    expect(checks[3]?.reason).toBe('the result has no accuracy of slice "class Hat"');
  });

  test('a baseline may be an alias: its newest result there', async () => {
    const { client } = service;
    const checkpointId = await client.register(service.torch);
    await client.field(
      'setCheckpointAlias',
      'mutation ($id: ID!) { setCheckpointAlias(alias: "champion", checkpointId: $id) { alias } }',
      { id: checkpointId },
    );
    const report = await gate({ result: service.own, alias: 'champion' });
    expect(report.baseline).toEqual({ id: service.reference });
  });

  test.each([
    [{ alias: 'nobody' }, 'ALIAS_NOT_FOUND'],
    [{ baseline: '00000000-0000-4000-8000-000000000000' }, 'RESULT_NOT_FOUND'],
    [{ baseline: '00000000-0000-4000-8000-000000000000', alias: 'champion' }, 'BASELINE_AMBIGUOUS'],
  ])('%j is refused with %s', async (variables, code) => {
    const codes = await service.client.codes(GATE, { result: service.own, ...variables });
    expect(codes).toEqual([code]);
  });
});
