/** Compares results on the same samples, and remembers what was compared last. */
import { UserError } from '../../errors';
import type { EvaluationResult } from '../../evaluations/evaluation-result.entity';
import type { McNemar } from '../../metrics/comparison/mcnemar';
import { bootstrapOptions } from '../../metrics/statistics/bootstrap-options';
import { ByteLru } from '../byte-lru';
import type { PredictionStore } from '../prediction-store';
import type { ResultPredictions } from '../result-predictions';
import type { AnalysisThread } from '../thread/analysis-thread';
import type {
  CandidateComparison,
  ComparisonOptions,
  PredictionComparison,
} from './compare-predictions';
import type { FlipSelection } from './select-flips';

const MAX_KEPT_BYTES = 16 * 1024 * 1024;
/** Of the figures, and of one class's flips. */
const COMPARISON_BYTES = 5_000;
const CLASS_BYTES = 200;

export interface ResultPair {
  baseline: EvaluationResult;
  candidate: EvaluationResult;
}

export interface PredictionPair {
  baseline: ResultPredictions;
  candidate: ResultPredictions;
}

export class ComparisonService {
  private readonly kept = new ByteLru<PredictionComparison>(MAX_KEPT_BYTES);
  private readonly running = new Map<string, Promise<PredictionComparison>>();

  constructor(
    private readonly store: PredictionStore,
    private readonly thread: AnalysisThread,
  ) {}

  /**
   * @throws UserError RESULTS_NOT_COMPARABLE, COMPARISON_TOO_COSTLY; as `bootstrapOptions` and
   *   `PredictionStore.get` do
   */
  async compare(pair: ResultPair, options: ComparisonOptions): Promise<PredictionComparison> {
    checkComparable(pair);
    const { level, resamples, seed } = bootstrapOptions(options);
    const key = [pair.baseline.runId, pair.candidate.runId, level, resamples, seed].join(' ');
    const kept = this.kept.get(key);
    if (kept) return kept;
    let running = this.running.get(key);
    if (running === undefined) {
      running = this.compute(key, pair, options).finally(() => this.running.delete(key));
      this.running.set(key, running);
    }
    return running;
  }

  /**
   * @returns in the order of the candidates; p-values and verdicts are corrected for their number
   * @throws UserError RESULTS_NOT_COMPARABLE, CANDIDATE_REPEATED; as `PredictionStore.get` does
   */
  async compareMany(
    baseline: EvaluationResult,
    candidates: readonly EvaluationResult[],
  ): Promise<CandidateComparison[]> {
    checkDistinct([baseline, ...candidates]);
    for (const candidate of candidates) checkComparable({ baseline, candidate });
    const [first, ...others] = await Promise.all(
      [baseline, ...candidates].map(async (result) => (await this.store.get(result)).scores),
    );
    if (first === undefined) throw new Error('a baseline was loaded');
    return this.thread.run('compareMany', { baseline: first, candidates: others });
  }

  /** @throws UserError RESULTS_NOT_COMPARABLE; as `PredictionStore.get` does */
  async mcnemar(pair: ResultPair): Promise<McNemar> {
    checkComparable(pair);
    const { baseline, candidate } = await this.predictions(pair);
    return this.thread.run('mcnemar', { baseline: baseline.scores, candidate: candidate.scores });
  }

  /** The samples of one kind on which the two differ, with the predictions that they are read from. */
  async flips(
    pair: ResultPair,
    selection: FlipSelection,
  ): Promise<PredictionPair & { indexes: number[] }> {
    checkComparable(pair);
    const { baseline, candidate } = await this.predictions(pair);
    const scores = { baseline: baseline.scores, candidate: candidate.scores };
    const indexes = await this.thread.run('flips', { ...scores, selection });
    return { baseline, candidate, indexes };
  }

  forget(): void {
    this.kept.clear();
  }

  private async compute(
    key: string,
    pair: ResultPair,
    options: ComparisonOptions,
  ): Promise<PredictionComparison> {
    const { baseline, candidate } = await this.predictions(pair);
    const scores = { baseline: baseline.scores, candidate: candidate.scores };
    const comparison = await this.thread.run('compare', { ...scores, options });
    this.kept.add(key, comparison, COMPARISON_BYTES + CLASS_BYTES * baseline.classCount);
    return comparison;
  }

  /** Asked for at once, so that both are read together. */
  private async predictions(pair: ResultPair): Promise<PredictionPair> {
    const [baseline, candidate] = await Promise.all([
      this.store.get(pair.baseline),
      this.store.get(pair.candidate),
    ]);
    return { baseline, candidate };
  }
}

/** Only results on the very same samples can be held against each other sample by sample. */
function checkComparable({ baseline, candidate }: ResultPair): void {
  if (baseline.dataDigest === candidate.dataDigest) return;
  throw new UserError(
    'RESULTS_NOT_COMPARABLE',
    `result ${baseline.runId} is on other samples (split ${baseline.split}, data ` +
      `${baseline.dataDigest.slice(0, 12)}) than result ${candidate.runId} (split ${candidate.split}, data ` +
      `${candidate.dataDigest.slice(0, 12)}): evaluate both checkpoints on the same split of the same data`,
    { details: { baseline: baseline.dataDigest, candidate: candidate.dataDigest } },
  );
}

/** A candidate that is counted twice would make all the others' p-values larger. */
function checkDistinct(results: readonly EvaluationResult[]): void {
  const ids = results.map(({ runId }) => runId);
  const repeated = ids.find((id, i) => ids.indexOf(id) !== i);
  if (repeated === undefined) return;
  throw new UserError(
    'CANDIDATE_REPEATED',
    `result ${repeated} is named twice: name each result once, and the baseline not among the candidates`,
    { details: { result: repeated } },
  );
}
