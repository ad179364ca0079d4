/** The gate over GraphQL. */
import { IsOptional, IsUUID } from 'class-validator';
import { Args, ArgsType, Authorized, Ctx, Field, ID, Query, Resolver } from 'type-graphql';
import { IsAlias } from '../checkpoints/checkpoint-inputs';
import { UserError } from '../errors';
import type { EvaluationContext } from '../evaluations/loaders';
import type { ResultName } from '../evaluations/named-result';
import type { GateCheck } from '../metrics/gate/judge';
import { type GateCheckFields, GateReportFields, GateState } from './gate-fields';
import { gateMarkdown } from './gate-markdown';
import { GateService } from './gate.service';

@ArgsType()
class GateArgs {
  @Field(() => ID)
  @IsUUID()
  resultId!: string;

  @Field(() => ID, { nullable: true, description: 'Instead of the one of config.yaml.' })
  @IsOptional()
  @IsUUID()
  baselineResultId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Its checkpoint's newest result on the same dataset and split.",
  })
  @IsOptional()
  @IsAlias()
  baselineAlias?: string | null;
}

/** Its outputs may be read, for the test against a baseline. */
const GATE_COST = 200;

@Resolver(() => GateReportFields)
export class GateResolver {
  constructor(private readonly service: GateService) {}

  @Authorized('viewer')
  @Query(() => GateReportFields, {
    description: 'Holds a result against the rules of config.yaml.',
    complexity: ({ childComplexity }) => GATE_COST + childComplexity,
  })
  async gate(
    @Args(() => GateArgs) args: GateArgs,
    @Ctx() { loaders }: EvaluationContext,
  ): Promise<GateReportFields> {
    const report = await this.service.checkId(args.resultId, baselineOf(args));
    const { result, baseline } = report;
    const [checkpoint, dataset, theirs] = await Promise.all([
      loaders.checkpoint.load(result.checkpointId),
      loaders.dataset.load(result.datasetId),
      baseline && loaders.checkpoint.load(baseline.checkpointId),
    ]);
    return {
      state: report.passed ? GateState.PASSED : GateState.FAILED,
      checks: report.checks.map(checkFields),
      result,
      baseline,
      dummyBaselines: report.dummyBaselines,
      markdown: gateMarkdown(report, {
        checkpoint: checkpoint.name,
        dataset: dataset.name,
        ...(theirs && { baseline: theirs.name }),
      }),
    };
  }
}

function baselineOf({ baselineResultId, baselineAlias }: GateArgs): ResultName | undefined {
  if (baselineResultId && baselineAlias) {
    throw new UserError(
      'BASELINE_AMBIGUOUS',
      'name either baselineResultId or baselineAlias, not both',
    );
  }
  if (baselineResultId) return { resultId: baselineResultId };
  return baselineAlias ? { alias: baselineAlias } : undefined;
}

function checkFields({ subject, ...check }: GateCheck): GateCheckFields {
  return {
    ...check,
    metric: subject?.metric ?? null,
    className: subject && 'className' in subject ? subject.className : null,
    slice: subject && 'slice' in subject ? subject.slice : null,
  };
}
