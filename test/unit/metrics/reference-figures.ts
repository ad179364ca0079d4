/** scikit-learn's, torchmetrics', scipy's and PyTorch's figures: every field that the reference files have. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ReportJson, ScoreMetricsJson } from '../../../src/evaluations/scores/report-json';
import { mirrorFile, referenceFile } from '../../support/reference';

/** Held within 1e-9. */
export type Figures = Omit<ReportJson, 'classes'> & Pick<ScoreMetricsJson, 'topK' | 'brier'>;

/** Held within 1e-6: they rank or bin scores. Absent where rounding alone would decide them. */
export type RankedFigures = Partial<
  Pick<ScoreMetricsJson, 'rocAucOvr' | 'averagePrecision' | 'expectedCalibrationError15'>
>;

export interface MetricCase {
  name: string;
  classes: number;
  labels: number[];
  logits: number[][];
  expected: Figures;
  ranked: RankedFigures;
  /** The same samples through another classifier. */
  mcnemarAgainst: {
    logits: number[][];
    expected: { onlyA: number; onlyB: number; pExact: number };
  };
}

const EXACT = [
  'n',
  'loss',
  'accuracy',
  'accuracyWilson95',
  'balancedAccuracy',
  'cohenKappa',
  'matthewsCorrcoef',
  'perClass',
  'confusionMatrix',
  'confusionMatrixNormalized',
  'macro',
  'micro',
  'weighted',
  'topK',
  'brier',
] as const satisfies readonly (keyof Figures)[];
const RANKED = [
  'rocAucOvr',
  'averagePrecision',
  'expectedCalibrationError15',
] as const satisfies readonly (keyof RankedFigures)[];

export function metricCases(): MetricCase[] {
  const { cases } = readJson('metric-cases.json') as {
    cases: (Omit<MetricCase, 'expected' | 'ranked'> & { expected: Record<string, unknown> })[];
  };
  return cases.map((one) => ({ ...one, ...sorted(one.expected) }));
}

export function fashionFigures(): Figures {
  return fashionReference().expected;
}

export function fashionRankedFigures(): RankedFigures {
  return fashionReference().ranked;
}

/** 10,000 × 10 float32 logits, and the labels of the test split. */
export function fashionPredictions(): { logits: Float32Array; labels: Uint8Array } {
  const bytes = readFileSync(referenceFile('fashion-cnn.t10k-logits.f32'));
  const logits = new Float32Array(bytes.length / 4);
  for (let i = 0; i < logits.length; i++) logits[i] = bytes.readFloatLE(4 * i);
  const labels = gunzipSync(readFileSync(mirrorFile('t10k-labels-idx1-ubyte.gz'))).subarray(8);
  return { logits, labels };
}

function fashionReference(): Pick<MetricCase, 'expected' | 'ranked'> {
  return sorted(readJson('fashion-cnn.t10k-metrics.json') as Record<string, unknown>);
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(referenceFile(file), 'utf8'));
}

/** @throws Error where a field is missing, or is there that no test would look at: nothing may go uncompared */
function sorted(figures: Record<string, unknown>): Pick<MetricCase, 'expected' | 'ranked'> {
  const missing = EXACT.filter((field) => !Object.hasOwn(figures, field));
  if (missing.length > 0) throw new Error(`the reference lacks ${missing.join(', ')}`);
  const known: readonly string[] = [...EXACT, ...RANKED];
  const unknown = Object.keys(figures).filter((field) => !known.includes(field));
  if (unknown.length > 0) throw new Error(`the reference has ${unknown.join(', ')} too`);
  const pick = (fields: readonly string[]): unknown =>
    Object.fromEntries(
      fields
        .filter((field) => Object.hasOwn(figures, field))
        .map((field) => [field, figures[field]]),
    );
  return { expected: pick(EXACT) as Figures, ranked: pick(RANKED) as RankedFigures };
}
