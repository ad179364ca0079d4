/** Runs on corrupted splits: asked for together, and found again by the split's name. */
import DataLoader from 'dataloader';
import type { EntityManager } from 'typeorm';
import {
  corruptedName,
  type Corruption,
  CORRUPTIONS,
  STRENGTHS,
  type Strength,
} from '../../datasets/corruptions/corruption-name';
import type { EngineName } from '../../inference/engine';
import type { EvaluationRun } from '../evaluation-run.entity';
import type { RunRequest } from '../run-requests';

export interface CorruptedRunsRequest {
  checkpointId?: string | undefined;
  checkpointAlias?: string | undefined;
  datasetId: string;
  /** The split that is corrupted. */
  split: string;
  engine: EngineName;
  /** All where it is not given, as with the strengths. */
  corruptions?: readonly Corruption[] | null | undefined;
  strengths?: readonly Strength[] | null | undefined;
  seed: number;
}

const BATCH_SIZE = 64;

/**
 * One run a corruption and strength, in the order of both, each once; one that has an equal result is the run
 * that has it. An alias is looked up once, so that all runs are of one checkpoint.
 *
 * @throws what `answer` throws, before the first run is accepted
 */
export async function requestCorruptedRuns(
  asked: CorruptedRunsRequest,
  answer: (request: RunRequest) => Promise<EvaluationRun>,
): Promise<EvaluationRun[]> {
  const { corruptions, strengths, split: base, seed, datasetId, engine } = asked;
  let { checkpointId, checkpointAlias } = asked;
  const runs: EvaluationRun[] = [];
  for (const { corruption, strength } of cells(corruptions, strengths)) {
    const split = corruptedName({ base, corruption, strength, seed });
    const reference = { checkpointId, checkpointAlias };
    const run = await answer({ ...reference, datasetId, split, engine, batchSize: BATCH_SIZE });
    ({ checkpointId } = run);
    checkpointAlias = undefined;
    runs.push(run);
  }
  return runs;
}

/** In the order of corruptions and strengths, whatever the order of those given. */
export function cells(
  corruptions: readonly Corruption[] | null = CORRUPTIONS,
  strengths: readonly Strength[] | null = STRENGTHS,
): { corruption: Corruption; strength: Strength }[] {
  return CORRUPTIONS.filter((one) => corruptions?.includes(one) ?? true).flatMap((corruption) =>
    STRENGTHS.filter((one) => strengths?.includes(one) ?? true).map((strength) => ({
      corruption,
      strength,
    })),
  );
}

export interface RunOnSplit {
  checkpointId: string;
  datasetId: string;
  engine: EngineName;
  split: string;
}

const keyOf = ({ checkpointId, datasetId, engine, split }: RunOnSplit): string =>
  JSON.stringify([checkpointId, datasetId, engine, split]);

interface FoundRun {
  id: string;
  checkpoint_id: string;
  dataset_id: string;
  engine: EngineName;
  split: string;
}

/** The id of the newest run that succeeded, else of the newest; one statement for all that are asked for at once. */
export function runsOnSplits(
  manager: EntityManager,
): DataLoader<RunOnSplit, string | null, string> {
  return new DataLoader(
    async (keys) => {
      const column = (of: keyof RunOnSplit) => keys.map((key) => key[of]);
      const rows = await manager.query<FoundRun[]>(
        `SELECT DISTINCT ON (r.checkpoint_id, r.dataset_id, r.engine, r.split)
                r.id, r.checkpoint_id, r.dataset_id, r.engine, r.split
           FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[])
                  AS wanted(checkpoint_id, dataset_id, engine, split)
           JOIN evaluation_run r ON r.checkpoint_id = wanted.checkpoint_id AND r.dataset_id = wanted.dataset_id
                                AND r.engine = wanted.engine AND r.split = wanted.split
          ORDER BY r.checkpoint_id, r.dataset_id, r.engine, r.split,
                   (r.state = 'SUCCEEDED') DESC, r.created_at DESC, r.id DESC`,
        [column('checkpointId'), column('datasetId'), column('engine'), column('split')],
      );
      const byKey = new Map(
        rows.map(({ id, checkpoint_id, dataset_id, engine, split }) => [
          keyOf({ checkpointId: checkpoint_id, datasetId: dataset_id, engine, split }),
          id,
        ]),
      );
      return keys.map((key) => byKey.get(keyOf(key)) ?? null);
    },
    { cache: false, cacheKeyFn: keyOf, maxBatchSize: 3_000 },
  );
}
