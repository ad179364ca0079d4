/** The gate's rules as config.yaml gives them. */
import {
  GATE_CLASS_METRICS,
  GATE_ON,
  GATE_SCALARS,
  GATE_SLICE_METRICS,
  type GateOn,
  type GateRule,
  type GateSubject,
} from '../metrics/gate/rule';
import type { AppConfig, ThresholdsConfig } from './config';

export interface RuleProblem {
  path: string;
  message: string;
}

type Plain = Record<string, unknown>;

const KEYS = ['metric', 'class', 'slice', 'min', 'max', 'on', 'max_drop'] as const;
const MCNEMAR = 'no_worse_by_mcnemar';

/** The rules of a configuration that was checked: the thresholds first, then `gate.rules`. */
export function gateRulesOf({ thresholds, gate }: AppConfig): GateRule[] {
  return [...thresholdRules(thresholds), ...parseGateRules(gate.rules).rules];
}

/** Every problem of every rule is listed, by its path. */
export function parseGateRules(given: readonly unknown[]): {
  rules: GateRule[];
  problems: RuleProblem[];
} {
  const rules: GateRule[] = [];
  const problems: RuleProblem[] = [];
  given.forEach((rule, i) => {
    const found = ruleProblems(rule);
    problems.push(
      ...found.map(({ path, message }) => ({
        path: ['gate.rules', i, path].filter((part) => part !== '').join('.'),
        message,
      })),
    );
    if (found.length === 0) rules.push(...rulesOf(rule as Plain));
  });
  return { rules, problems };
}

function thresholdRules(thresholds: ThresholdsConfig): GateRule[] {
  return Object.entries(thresholds as Record<keyof ThresholdsConfig, number | undefined>).flatMap(
    ([metric, bound]): GateRule[] => {
      if (bound === undefined) return [];
      const kind = metric === 'loss' ? 'maximum' : 'minimum';
      const subject = { metric: metric as keyof ThresholdsConfig };
      return [{ kind, subject, on: 'point', bound }];
    },
  );
}

function ruleProblems(rule: unknown): RuleProblem[] {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) {
    return [{ path: '', message: 'must be a mapping, such as {metric: accuracy, min: 0.9}' }];
  }
  const given = rule as Plain;
  if (MCNEMAR in given) return mcnemarProblems(given);
  const problems: RuleProblem[] = [];
  const wrong = (path: string, message: string) => problems.push({ path, message });
  for (const key of Object.keys(given)) {
    if (!(KEYS as readonly string[]).includes(key)) {
      wrong(key, `is not known here; known are ${KEYS.join(', ')}, and ${MCNEMAR} alone`);
    }
  }
  for (const key of ['class', 'slice'] as const) {
    const name = given[key];
    if (name !== undefined && (typeof name !== 'string' || name === '' || name.length > 200)) {
      wrong(key, 'must be a name of 1 to 200 characters');
    }
  }
  if (given.class !== undefined && given.slice !== undefined) {
    wrong('slice', 'can not be given beside class');
  }
  const metrics = metricsFor(given);
  if (!metrics.includes(given.metric as string)) {
    wrong('metric', `must be one of ${metrics.join(', ')}`);
  }
  const bounds = (['min', 'max', 'max_drop'] as const).filter((key) => given[key] !== undefined);
  if (bounds.length === 0) wrong('', 'needs min, max or max_drop');
  for (const key of bounds) {
    if (typeof given[key] !== 'number' || !Number.isFinite(given[key])) {
      wrong(key, 'must be a finite number');
    }
  }
  if (given.on !== undefined && !(GATE_ON as readonly unknown[]).includes(given.on)) {
    wrong('on', `must be one of ${GATE_ON.join(', ')}`);
  }
  return problems;
}

function mcnemarProblems(given: Plain): RuleProblem[] {
  const others = Object.keys(given).filter((key) => key !== MCNEMAR);
  const problems = others.map((path) => ({ path, message: `can not be given beside ${MCNEMAR}` }));
  const alpha = given[MCNEMAR];
  if (typeof alpha === 'number' && alpha > 0 && alpha < 1) return problems;
  return [...problems, { path: MCNEMAR, message: 'must be a level between 0 and 1, such as 0.05' }];
}

function metricsFor(given: Plain): readonly string[] {
  if (given.class !== undefined) return GATE_CLASS_METRICS;
  if (given.slice !== undefined) return GATE_SLICE_METRICS;
  return Object.keys(GATE_SCALARS);
}

/** Of one that has no problem. */
function rulesOf(given: Plain): GateRule[] {
  if (MCNEMAR in given) return [{ kind: MCNEMAR, alpha: given[MCNEMAR] as number }];
  const subject = {
    metric: given.metric,
    ...(given.class !== undefined && { className: given.class }),
    ...(given.slice !== undefined && { slice: given.slice }),
  } as GateSubject;
  const on = (given.on ?? 'point') as GateOn;
  const rules: GateRule[] = [];
  const { min, max, max_drop: drop } = given;
  if (min !== undefined) rules.push({ kind: 'minimum', subject, on, bound: min as number });
  if (max !== undefined) rules.push({ kind: 'maximum', subject, on, bound: max as number });
  if (drop !== undefined) rules.push({ kind: 'max_drop', subject, bound: drop as number });
  return rules;
}
