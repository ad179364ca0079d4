/** scikit-learn's and PyTorch's figures, cut down to those that a report holds. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ReportJson } from '../../../src/cli/output/report-json';
import { mirrorFile, referenceFile } from '../../support/reference';

type Figures = Omit<ReportJson, 'classes'>;

export interface MetricCase {
  name: string;
  classes: number;
  labels: number[];
  logits: number[][];
  expected: Figures;
}

const FIELDS = [
  'n',
  'loss',
  'accuracy',
  'balancedAccuracy',
  'perClass',
  'confusionMatrix',
  'confusionMatrixNormalized',
  'macro',
  'micro',
  'weighted',
] as const satisfies readonly (keyof Figures)[];

export function metricCases(): MetricCase[] {
  const { cases } = readJson('metric-cases.json') as { cases: MetricCase[] };
  return cases.map((one) => ({ ...one, expected: ours(one.expected) }));
}

export function fashionFigures(): Figures {
  return ours(readJson('fashion-cnn.t10k-metrics.json') as Figures);
}

/** 10,000 × 10 float32 logits, and the labels of the test split. */
export function fashionPredictions(): { logits: Float32Array; labels: Uint8Array } {
  const bytes = readFileSync(referenceFile('fashion-cnn.t10k-logits.f32'));
  const logits = new Float32Array(bytes.length / 4);
  for (let i = 0; i < logits.length; i++) logits[i] = bytes.readFloatLE(4 * i);
  const labels = gunzipSync(readFileSync(mirrorFile('t10k-labels-idx1-ubyte.gz'))).subarray(8);
  return { logits, labels };
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(referenceFile(file), 'utf8'));
}

/** @throws Error where a field is missing: nothing may go uncompared */
function ours(figures: Figures): Figures {
  const missing = FIELDS.filter((field) => !Object.hasOwn(figures, field));
  if (missing.length > 0) throw new Error(`the reference lacks ${missing.join(', ')}`);
  return Object.fromEntries(FIELDS.map((field) => [field, figures[field]])) as unknown as Figures;
}
