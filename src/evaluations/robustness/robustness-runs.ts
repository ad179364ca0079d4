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

/** For each of the places asked for, the newest run that succeeded, else the newest. */
export const RUNS_ON_SPLITS_SQL = `
  SELECT wanted.place, newest.id
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) WITH ORDINALITY
           AS wanted(checkpoint_id, dataset_id, engine, split, place)
   CROSS JOIN LATERAL (
           SELECT r.id FROM evaluation_run r
            WHERE r.checkpoint_id = wanted.checkpoint_id AND r.dataset_id = wanted.dataset_id
              AND r.engine = wanted.engine AND r.split = wanted.split
            ORDER BY (r.state = 'SUCCEEDED') DESC, r.created_at DESC, r.id DESC LIMIT 1) newest`;

/** The ids of such runs; one statement for all that are asked for at once, up to a hundred results. */
export function runsOnSplits(manager: EntityManager): DataLoader<RunOnSplit, string | null> {
  return new DataLoader(
    async (keys) => {
      const column = (of: keyof RunOnSplit) => keys.map((key) => key[of]);
      const rows = await manager.query<{ place: string; id: string }[]>(RUNS_ON_SPLITS_SQL, [
        column('checkpointId'),
        column('datasetId'),
        column('engine'),
        column('split'),
      ]);
      const ids = new Map(rows.map(({ place, id }) => [Number(place), id]));
      return keys.map((_, i) => ids.get(i + 1) ?? null);
    },
    { cache: false, maxBatchSize: 3_000 },
  );
}
