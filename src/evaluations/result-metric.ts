/** The scalars of a result, under the names of GraphQL; the values are the entity's properties. */
import { registerEnumType } from 'type-graphql';

export const ResultMetricEnum = {
  LOSS: 'loss',
  ACCURACY: 'accuracy',
  TOP2_ACCURACY: 'top2Accuracy',
  TOP3_ACCURACY: 'top3Accuracy',
  TOP5_ACCURACY: 'top5Accuracy',
  BALANCED_ACCURACY: 'balancedAccuracy',
  MACRO_PRECISION: 'macroPrecision',
  MACRO_RECALL: 'macroRecall',
  MACRO_F1: 'macroF1',
  MICRO_F1: 'microF1',
  WEIGHTED_PRECISION: 'weightedPrecision',
  WEIGHTED_RECALL: 'weightedRecall',
  WEIGHTED_F1: 'weightedF1',
  COHEN_KAPPA: 'cohenKappa',
  MATTHEWS_CORRCOEF: 'matthewsCorrcoef',
  ROC_AUC_MACRO: 'rocAucMacro',
  ROC_AUC_WEIGHTED: 'rocAucWeighted',
  AVERAGE_PRECISION_MACRO: 'averagePrecisionMacro',
  BRIER_SCORE: 'brierScore',
  EXPECTED_CALIBRATION_ERROR: 'expectedCalibrationError',
} as const;

/** A scalar's property in `EvaluationResult`; its column has the same name in snake case. */
export type ResultMetric = (typeof ResultMetricEnum)[keyof typeof ResultMetricEnum];

/** In the order of the enum. */
export const RESULT_METRICS: readonly ResultMetric[] = Object.values(ResultMetricEnum);

/** What people read, in a terminal and in what is exported. */
export const RESULT_METRIC_LABELS: Readonly<Record<ResultMetric, string>> = {
  loss: 'Loss',
  accuracy: 'Accuracy',
  top2Accuracy: 'Top-2 accuracy',
  top3Accuracy: 'Top-3 accuracy',
  top5Accuracy: 'Top-5 accuracy',
  balancedAccuracy: 'Balanced accuracy',
  macroPrecision: 'Macro precision',
  macroRecall: 'Macro recall',
  macroF1: 'Macro-F1',
  microF1: 'Micro-F1',
  weightedPrecision: 'Weighted precision',
  weightedRecall: 'Weighted recall',
  weightedF1: 'Weighted F1',
  cohenKappa: "Cohen's kappa",
  matthewsCorrcoef: 'Matthews correlation',
  rocAucMacro: 'ROC AUC, macro',
  rocAucWeighted: 'ROC AUC, weighted',
  averagePrecisionMacro: 'Average precision, macro',
  brierScore: 'Brier score',
  expectedCalibrationError: 'Expected calibration error',
};

registerEnumType(ResultMetricEnum, {
  name: 'ResultMetric',
  description:
    'The stored scalars of a result. For LOSS, BRIER_SCORE and EXPECTED_CALIBRATION_ERROR less is better.',
});
