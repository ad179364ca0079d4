/** Holds a stored result against the rules of config.yaml, and against a baseline where one is named. */
import type { EntityManager } from 'typeorm';
import type { ComparisonService } from '../analysis/comparison/comparison.service';
import type { SlicesService } from '../analysis/slices/slices.service';
import type { CheckpointAliasService } from '../checkpoints/checkpoint-alias.service';
import type { DatasetService } from '../datasets/dataset.service';
import { UserError } from '../errors';
import type { EvaluationResult } from '../evaluations/evaluation-result.entity';
import type { EvaluationService } from '../evaluations/evaluation.service';
import { newestResult } from '../evaluations/newest-result';
import { rowSums } from '../metrics/confusion-matrix';
import { type DummyBaseline, dummyBaselines } from '../metrics/dummy-baselines';
import { type FigureOf, type GateEvidence, type GateVerdict, judge } from '../metrics/gate/judge';
import type { GateRule } from '../metrics/gate/rule';
import { bootstrapOptions } from '../metrics/statistics/bootstrap-options';
import { figuresOf } from './gate-evidence';

/** An alias means its checkpoint's newest result on the same dataset and split. */
export type BaselineName = { resultId: string } | { alias: string };

export interface GateReport extends GateVerdict {
  result: EvaluationResult;
  baseline: EvaluationResult | null;
  /** What guessing would reach on the same samples. */
  dummyBaselines: DummyBaseline[];
}

export interface GateServiceOptions {
  manager: EntityManager;
  rules: readonly GateRule[];
  /** An alias or a result's id; null: none unless the caller names one. */
  baseline: string | null;
  evaluations: EvaluationService;
  aliases: CheckpointAliasService;
  datasets: DatasetService;
  comparisons: ComparisonService;
  slices: SlicesService;
}

const RESULT_ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** As a person names a baseline in one word. */
export function baselineNamed(name: string): BaselineName {
  return RESULT_ID.test(name) ? { resultId: name } : { alias: name };
}

export class GateService {
  constructor(private readonly options: GateServiceOptions) {}

  /** @throws UserError RESULT_NOT_FOUND; as `check` */
  async checkId(resultId: string, named?: BaselineName): Promise<GateReport> {
    return this.check(await this.existing(resultId), named);
  }

  /**
   * @param named goes before the baseline of config.yaml
   * @throws UserError GATE_EMPTY, RESULT_NOT_FOUND, ALIAS_NOT_FOUND, ALIAS_NOT_EVALUATED; and
   *   RESULTS_NOT_COMPARABLE where a rule pairs it with a baseline on other data; what `SlicesService.of` throws
   *   where a rule is on a slice
   */
  async check(result: EvaluationResult, named?: BaselineName): Promise<GateReport> {
    const { rules } = this.options;
    const baseline = await this.baselineOf(result, named);
    const evidence: GateEvidence = { figureOf: await this.figuresOf(result) };
    if (baseline) {
      evidence.baseline = {
        figureOf: await this.figuresOf(baseline),
        ...(rules.some(({ kind }) => kind === 'no_worse_by_mcnemar') && {
          mcnemar: (
            await this.options.comparisons.compare(
              { baseline, candidate: result },
              bootstrapOptions({}),
            )
          ).mcnemar,
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

  /** Slices take a look at every sample: only where a rule is on one. */
  private async figuresOf(result: EvaluationResult): Promise<FigureOf> {
    const { rules, datasets, slices } = this.options;
    const dataset = await datasets.get(result.datasetId);
    const onSlices = rules.some((rule) => 'subject' in rule && 'slice' in rule.subject);
    return figuresOf(result, dataset.classNames, onSlices ? await slices.of(result, dataset) : []);
  }

  private async baselineOf(
    result: EvaluationResult,
    named: BaselineName | undefined,
  ): Promise<EvaluationResult | null> {
    const { baseline: configured, aliases } = this.options;
    const name = named ?? (configured === null ? undefined : baselineNamed(configured));
    if (name === undefined) return null;
    if ('resultId' in name) return this.existing(name.resultId);
    const { id: checkpointId } = await aliases.resolve(name.alias);
    const { split } = result;
    const { name: datasetName } = await this.options.datasets.get(result.datasetId);
    const where = { checkpointId, datasetName, split };
    const found = await newestResult(this.options.manager, where);
    if (found) return found;
    throw new UserError(
      'ALIAS_NOT_EVALUATED',
      `${name.alias} has no result on ${datasetName}, split ${split}: evaluate its checkpoint there first`,
      { details: { alias: name.alias, dataset: datasetName, split } },
    );
  }

  private async existing(id: string): Promise<EvaluationResult> {
    const result = await this.options.evaluations.result(id);
    if (result) return result;
    throw new UserError(
      'RESULT_NOT_FOUND',
      `there is no result ${id}; a result has its run's id once that has succeeded`,
      { details: { resultId: id } },
    );
  }
}
