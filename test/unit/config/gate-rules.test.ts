import { AppConfig } from '../../../src/config/config';
import { gateRulesOf, parseGateRules } from '../../../src/config/gate-rules';

test('the thresholds are rules on points, the loss from above', () => {
  const config = new AppConfig();
  Object.assign(config.thresholds, { accuracy: 0.7, loss: 0.5 });
  config.gate.rules = [{ no_worse_by_mcnemar: 0.05 }];
  expect(gateRulesOf(config)).toEqual([
    { kind: 'minimum', subject: { metric: 'accuracy' }, on: 'point', bound: 0.7 },
    { kind: 'maximum', subject: { metric: 'loss' }, on: 'point', bound: 0.5 },
    { kind: 'no_worse_by_mcnemar', alpha: 0.05 },
  ]);
});

test('a rule may bound a class, an end of an interval, both sides and a drop', () => {
  const { rules, problems } = parseGateRules([
    { metric: 'recall', class: 'Shirt', min: 0.6, on: 'lower_bound' },
    { metric: 'macro_f1', min: 0.8, max: 0.99, max_drop: 0.005 },
  ]);
  expect(problems).toEqual([]);
  const subject = { metric: 'macro_f1' };
  expect(rules).toEqual([
    {
      kind: 'minimum',
      subject: { metric: 'recall', className: 'Shirt' },
      on: 'lower_bound',
      bound: 0.6,
    },
    { kind: 'minimum', subject, on: 'point', bound: 0.8 },
    { kind: 'maximum', subject, on: 'point', bound: 0.99 },
    { kind: 'max_drop', subject, bound: 0.005 },
  ]);
});

test.each<[unknown, string]>([
  ['accuracy', 'gate.rules.0'],
  [null, 'gate.rules.0'],
  [[], 'gate.rules.0'],
  [{ metric: 'acuracy', min: 1 }, 'gate.rules.0.metric'],
  [{ metric: 'constructor', min: 1 }, 'gate.rules.0.metric'],
  [{ metric: 'accuracy' }, 'gate.rules.0'],
  [{ metric: 'accuracy', min: 'much' }, 'gate.rules.0.min'],
  [{ metric: 'accuracy', min: NaN }, 'gate.rules.0.min'],
  [{ metric: 'accuracy', minimum: 0.5, min: 0.5 }, 'gate.rules.0.minimum'],
  [{ metric: 'accuracy', min: 0.5, on: 'middle' }, 'gate.rules.0.on'],
  [{ metric: 'accuracy', class: 'Shirt', min: 0.5 }, 'gate.rules.0.metric'],
  [{ metric: 'recall', min: 0.5 }, 'gate.rules.0.metric'],
  [{ metric: 'recall', class: '', min: 0.5 }, 'gate.rules.0.class'],
  [{ no_worse_by_mcnemar: 1 }, 'gate.rules.0.no_worse_by_mcnemar'],
  [{ no_worse_by_mcnemar: 0.05, metric: 'loss' }, 'gate.rules.0.metric'],
])('%j is refused at %s', (rule, path) => {
  const { rules, problems } = parseGateRules([rule]);
  expect(rules).toEqual([]);
  expect(problems.map((problem) => problem.path)).toEqual([path]);
});
