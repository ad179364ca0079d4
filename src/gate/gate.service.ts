/** Holds a stored result against the rules of config.yaml, and against a baseline where one is named. */
import type { ComparisonService } from '../analysis/comparison/comparison.service';
import type { SlicesService } from '../analysis/slices/slices.service';
import type { DatasetService } from '../datasets/dataset.service';
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import { type NamedResults, type ResultName, resultNamed } from '../evaluations/named-result';
import { rowSums } from '../metrics/confusion-matrix';
import { type DummyBaseline, dummyBaselines } from '../metrics/dummy-baselines';
import { type FigureOf, type GateEvidence, type GateVerdict, judge } from '../metrics/gate/judge';
import type { GateRule } from '../metrics/gate/rule';
import { figuresOf } from './gate-evidence';

export interface GateReport extends GateVerdict {
  result: EvaluationResult;
  baseline: EvaluationResult | null;
  /** What guessing would reach on the same samples. */
  dummyBaselines: DummyBaseline[];
}

export interface GateServiceOptions {
  rules: readonly GateRule[];
  /** An alias or a result's id; null: none unless the caller names one. */
  baseline: string | null;
  results: NamedResults;
  datasets: DatasetService;
  comparisons: ComparisonService;
  slices: SlicesService;
}

export class GateService {
  constructor(private readonly options: GateServiceOptions) {}

  /** @throws UserError RESULT_NOT_FOUND; as `check` */
  async checkId(resultId: string, named?: ResultName): Promise<GateReport> {
    return this.check(await this.options.results.byId(resultId), named);
  }

  /**
   * @param named goes before the baseline of config.yaml; an alias means its checkpoint's newest result on
   *   the same dataset and split
   * @throws UserError GATE_EMPTY, RESULT_NOT_FOUND, ALIAS_NOT_FOUND, ALIAS_NOT_EVALUATED; and
   *   RESULTS_NOT_COMPARABLE where a rule pairs it with a baseline on other data
   */
  async check(result: EvaluationResult, named?: ResultName): Promise<GateReport> {
    const { rules } = this.options;
    const baseline = await this.baselineOf(result, named);
    const evidence: GateEvidence = { figureOf: await this.figuresOf(result) };
    if (baseline) {
      evidence.baseline = {
        figureOf: await this.figuresOf(baseline),
        ...(rules.some(({ kind }) => kind === 'no_worse_by_mcnemar') && {
          mcnemar: await this.options.comparisons.mcnemar({ baseline, candidate: result }),
        }),
      };
    }
    return {
      ...judge(rules, evidence),
      result,
      baseline,
      dummyBaselines: dummyBaselines(rowSums(result.confusionMatrix)),
    };
  }

  private async figuresOf(result: EvaluationResult): Promise<FigureOf> {
    const { rules, datasets, slices } = this.options;
    const dataset = await datasets.get(result.datasetId);
    const asksForSlices = rules.some((rule) => 'subject' in rule && 'slice' in rule.subject);
    const found = asksForSlices ? await slices.of(result, dataset) : [];
    return figuresOf(result, dataset.classNames, found);
  }

  private async baselineOf(
    result: EvaluationResult,
    named: ResultName | undefined,
  ): Promise<EvaluationResult | null> {
    const { baseline: configured, datasets, results } = this.options;
    const name = named ?? (configured === null ? undefined : resultNamed(configured));
    if (name === undefined) return null;
    const { name: datasetName } = await datasets.get(result.datasetId);
    return results.find(name, { datasetName, split: result.split });
  }
}
