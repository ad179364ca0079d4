/** What a gate may ask of a result. */

/** Scalars of a whole result, by their names in config.yaml, with the property that holds each. */
export const GATE_SCALARS = {
  accuracy: 'accuracy',
  top2_accuracy: 'top2Accuracy',
  top3_accuracy: 'top3Accuracy',
  top5_accuracy: 'top5Accuracy',
  balanced_accuracy: 'balancedAccuracy',
  macro_precision: 'macroPrecision',
  macro_recall: 'macroRecall',
  macro_f1: 'macroF1',
  micro_f1: 'microF1',
  weighted_precision: 'weightedPrecision',
  weighted_recall: 'weightedRecall',
  weighted_f1: 'weightedF1',
  cohen_kappa: 'cohenKappa',
  matthews_corrcoef: 'matthewsCorrcoef',
  roc_auc_macro: 'rocAucMacro',
  roc_auc_weighted: 'rocAucWeighted',
  average_precision_macro: 'averagePrecisionMacro',
  loss: 'loss',
  brier_score: 'brierScore',
  expected_calibration_error: 'expectedCalibrationError',
} as const;

export type GateScalar = keyof typeof GATE_SCALARS;

/** Of these less is better. */
export const LESS_IS_BETTER: ReadonlySet<string> = new Set<GateScalar>([
  'loss',
  'brier_score',
  'expected_calibration_error',
]);

/** Figures of one class. */
export const GATE_CLASS_METRICS = [
  'precision',
  'recall',
  'f1',
  'roc_auc',
  'average_precision',
] as const;
export type GateClassMetric = (typeof GATE_CLASS_METRICS)[number];

/** Figures of one slice. */
export const GATE_SLICE_METRICS = ['accuracy', 'loss'] as const;
export type GateSliceMetric = (typeof GATE_SLICE_METRICS)[number];

/** Which number of a figure is held against the bound. */
export const GATE_ON = ['point', 'lower_bound', 'upper_bound'] as const;
export type GateOn = (typeof GATE_ON)[number];

/** The whole result, one class or one slice of it. */
export type GateSubject =
  | { metric: GateScalar }
  | { metric: GateClassMetric; className: string }
  | { metric: GateSliceMetric; slice: string };

export type GateRule =
  | { kind: 'minimum' | 'maximum'; subject: GateSubject; on: GateOn; bound: number }
  /** At most so much worse than the baseline: lower, or higher where less is better. */
  | { kind: 'max_drop'; subject: GateSubject; bound: number }
  /** Not worse than the baseline by McNemar's exact test at this level. */
  | { kind: 'no_worse_by_mcnemar'; alpha: number };

/** As a person would say it: `recall of class "Shirt"`. */
export function subjectWords(subject: GateSubject): string {
  if ('className' in subject) return `${subject.metric} of class "${subject.className}"`;
  if ('slice' in subject) return `${subject.metric} of slice "${subject.slice}"`;
  return subject.metric;
}
