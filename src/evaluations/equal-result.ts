/** Finds a result that evaluating again would only repeat. */
import type { EntityManager } from 'typeorm';
import type { Checkpoint } from '../checkpoints/checkpoint.entity';
import type { EngineBackend, EngineName } from '../inference/engine';

export interface WhatWouldRun {
  checkpoint: Checkpoint;
  split: { name: string; digest: string };
  engine: EngineName;
  backend: EngineBackend;
}

/** @returns the id of the newest run with such a result */
export async function findEqualResult(
  manager: EntityManager,
  { checkpoint, split, engine, backend }: WhatWouldRun,
): Promise<string | undefined> {
  const [row] = await manager.query<{ run_id: string }[]>(
    `SELECT run_id FROM evaluation_result
      WHERE checkpoint_id = $1 AND checkpoint_digest = $2 AND preprocessing = $3::jsonb
        AND data_digest = $4 AND split = $5 AND engine = $6 AND backend = $7 AND backend_version = $8
      ORDER BY created_at DESC, run_id DESC LIMIT 1`,
    [
      checkpoint.id,
      checkpoint.digest,
      JSON.stringify(checkpoint.preprocessing),
      split.digest,
      split.name,
      engine,
      backend.name,
      backend.version,
    ],
  );
  return row?.run_id;
}
