/** Accepts requests for a run: checked, held against what is known already, then stored with all its jobs. */
import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Checkpoint } from '../checkpoints/checkpoint.entity';
import { assertNotDeleted, type CheckpointService } from '../checkpoints/checkpoint.service';
import type { CheckpointAliasService } from '../checkpoints/checkpoint-alias.service';
import { type DatasetService, splitOf } from '../datasets/dataset.service';
import { UserError } from '../errors';
import type { EngineBackend, EngineName } from '../inference/engine';
import { assertCompatible } from './compatibility';
import type { EvaluationRun } from './evaluation-run.entity';
import type { EvaluationRunRepository, RequestKey } from './evaluation-run.repository';
import { findEqualResult } from './equal-result';

export interface RunRequest {
  /** Either this or `checkpointAlias`. */
  checkpointId?: string | null | undefined;
  checkpointAlias?: string | null | undefined;
  datasetId: string;
  split: string;
  engine: EngineName;
  batchSize: number;
  /** The same key gives the same run, however often it is asked for. */
  idempotencyKey?: string | null | undefined;
  /** Evaluates anew what has an equal result already. */
  force?: boolean | null | undefined;
}

export interface RunRequestsOptions {
  dataSource: DataSource;
  runs: EvaluationRunRepository;
  checkpoints: CheckpointService;
  aliases: CheckpointAliasService;
  datasets: DatasetService;
  /** What would run the model; undefined where that is known only once it has run. */
  installedBackend: (engine: EngineName) => EngineBackend | undefined;
}

export class RunRequests {
  constructor(private readonly options: RunRequestsOptions) {}

  /**
   * @returns a QUEUED run; or the earlier run of the same key; or, unless forced, the run whose result is of the
   *   same checkpoint, data, split, engine version and preprocessing
   * @throws UserError CHECKPOINT_REFERENCE_INVALID, CHECKPOINT_NOT_FOUND, ALIAS_NOT_FOUND, CHECKPOINT_DELETED,
   *   DATASET_NOT_FOUND, DATASET_SPLIT_UNKNOWN, CHECKPOINT_DATASET_MISMATCH: what can be known at once is said at
   *   once; IDEMPOTENCY_KEY_REUSED
   */
  async answer(request: RunRequest): Promise<EvaluationRun> {
    const key = keyOf(request);
    const known = key && (await this.runOfKey(key));
    if (known) return known;
    const { runs, datasets } = this.options;
    const { datasetId, split: splitName, engine, batchSize } = request;
    const checkpoint = await this.checkpoint(request);
    assertNotDeleted(checkpoint);
    const dataset = await datasets.get(datasetId);
    const split = splitOf(dataset, splitName);
    assertCompatible(checkpoint, dataset);
    if (!request.force) {
      const equal = await this.equalRun(checkpoint, split, engine);
      if (equal) {
        if (!key || (await runs.bind(key, equal.id))) return equal;
        return this.runOfTakenKey(key);
      }
    }
    const run = await runs.create(
      {
        checkpointId: checkpoint.id,
        datasetId,
        split: splitName,
        engine,
        batchSize,
        samplesTotal: split.sampleCount,
      },
      key,
    );
    if (run) return run;
    return this.runOfTakenKey(key);
  }

  private checkpoint({
    checkpointId: id,
    checkpointAlias: alias,
  }: RunRequest): Promise<Checkpoint> {
    if (id && !alias) return this.options.checkpoints.get(id);
    if (alias && !id) return this.options.aliases.resolve(alias);
    throw new UserError(
      'CHECKPOINT_REFERENCE_INVALID',
      'name the checkpoint by exactly one of checkpointId and checkpointAlias',
    );
  }

  private async equalRun(
    checkpoint: Checkpoint,
    split: { name: string; digest: string },
    engine: EngineName,
  ): Promise<EvaluationRun | null> {
    const backend = this.options.installedBackend(engine);
    if (!backend) return null;
    const { dataSource, runs } = this.options;
    const id = await findEqualResult(dataSource.manager, { checkpoint, split, engine, backend });
    return id === undefined ? null : runs.find(id);
  }

  private async runOfKey({ idempotencyKey, inputDigest }: RequestKey) {
    const { runs } = this.options;
    const earlier = await runs.findRequest(idempotencyKey);
    if (!earlier) return null;
    if (earlier.inputDigest === inputDigest) return runs.find(earlier.runId);
    throw new UserError(
      'IDEMPOTENCY_KEY_REUSED',
      'this idempotencyKey belongs to a request with another input; give each request a key of its own',
      { details: { runId: earlier.runId } },
    );
  }

  /** Another request with the key was faster. */
  private async runOfTakenKey(key: RequestKey | undefined): Promise<EvaluationRun> {
    const run = key && (await this.runOfKey(key));
    if (run) return run;
    throw new TypeError('a key was taken, and its run is not there');
  }
}

/** Of what was asked for, not of what it means now: an alias may have moved between two tries. */
function keyOf(request: RunRequest): RequestKey | undefined {
  const { idempotencyKey, checkpointId, checkpointAlias, datasetId, split, engine } = request;
  if (!idempotencyKey) return undefined;
  const input = [
    checkpointId?.toLowerCase() ?? null,
    checkpointAlias ?? null,
    datasetId.toLowerCase(),
    split,
    engine,
    request.batchSize,
    request.force ?? false,
  ];
  return {
    idempotencyKey,
    inputDigest: createHash('sha256').update(JSON.stringify(input)).digest('hex'),
  };
}
