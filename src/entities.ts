/** All entities of the house, for the data source. */
import { ApiToken } from './auth/api-token.entity';
import { Checkpoint } from './checkpoints/checkpoint.entity';
import { CheckpointAlias } from './checkpoints/checkpoint-alias.entity';
import { Dataset } from './datasets/dataset.entity';
import { EvaluationRequest } from './evaluations/evaluation-request.entity';
import { EvaluationResult } from './evaluations/evaluation-result.entity';
import { EvaluationRun } from './evaluations/evaluation-run.entity';
import { EvaluationShard } from './evaluations/evaluation-shard.entity';
import { PredictionBlock } from './evaluations/prediction-block.entity';
import { WorkerRow } from './evaluations/worker.entity';

export const ENTITIES = [
  ApiToken,
  Checkpoint,
  CheckpointAlias,
  Dataset,
  EvaluationRun,
  EvaluationShard,
  EvaluationRequest,
  EvaluationResult,
  PredictionBlock,
  WorkerRow,
];
