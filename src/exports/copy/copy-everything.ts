/** Everything since a time into a second database with the same schema; again it copies only what is new. */
import type { DataSource, EntityManager } from 'typeorm';
import { OperationalError } from '../../errors';
import { CHECKPOINTS, DATASETS, RESULTS, RUNS } from '../export-sources';
import { settledUntil } from '../export-time';
import { idPages, type TimeSpan } from '../stored-rows';
import { Conflicts } from './conflicts';
import { type CopyEnds, copyResult, copyRun, runTables } from './copy-result';
import { NamedRows } from './named-rows';
import { fingerprints } from './table-rows';

export interface CopyOptions {
  /** As `exportTime` gives it. */
  since: string;
  /** Whether prediction blocks are copied too. */
  predictions: boolean;
  signal?: AbortSignal;
}

/** What is new in the target. */
export interface EverythingCopied extends TimeSpan {
  checkpoints: number;
  datasets: number;
  runs: number;
  results: number;
  blocks: number;
  /** Results that were there before, as they are here. */
  already: number;
}

/** Results that are compared at a time, by digests that the servers make. */
const PAGE = 200;

/** Those without a result: the others come with theirs. */
const ENDED_WITHOUT_RESULT = { ...RUNS, where: `state <> 'SUCCEEDED'` };

/** A result's checkpoint and dataset may bear other ids there. */
const MAPPED = ['checkpoint_id', 'dataset_id'];

/**
 * The memory it takes does not grow with the number of results. A result is one transaction: what an interruption
 * leaves is whole, and the same call goes on from there.
 *
 * @param target with the schema of `source`
 * @returns with `until`, from which the next one goes on
 * @throws UserError EXPORT_CONFLICT when all else is copied, where rows of the same ids are there with another content;
 *   OperationalError EXPORT_INTERRUPTED
 */
export async function copyEverything(
  source: EntityManager,
  target: DataSource,
  { since, predictions, signal }: CopyOptions,
): Promise<EverythingCopied> {
  const span = { since, until: await settledUntil(source) };
  const named = new NamedRows(source, target.manager);
  const ends = { source, target, named, tables: await runTables(source) };
  const counts = { runs: 0, results: 0, blocks: 0, already: 0 };
  const conflicts = new Conflicts();
  const each = async (ids: string[], work: (id: string) => Promise<unknown>): Promise<void> => {
    for (const id of ids) {
      checkGoingOn(signal);
      await conflicts.gathered(() => work(id));
    }
  };
  for await (const ids of idPages(source, CHECKPOINTS, span)) {
    await each(ids, (id) => named.idOf('checkpoint', id));
  }
  for await (const ids of idPages(source, DATASETS, span)) {
    await each(ids, (id) => named.idOf('dataset', id));
  }
  for await (const ids of idPages(source, ENDED_WITHOUT_RESULT, span)) {
    await each(ids, async (id) => {
      counts.runs += Number(await copyRun(ends, id));
    });
  }
  for await (const ids of idPages(source, { ...RESULTS, pageSize: PAGE }, span)) {
    const page = await compare(ends, ids, predictions);
    for (const id of page.conflicts) conflicts.add(`the result ${id} has another content there`);
    counts.already += page.already;
    await each(page.missing, async (id) => {
      const copied = await copyResult(ends, id, predictions);
      counts.runs += copied.runs;
      counts.results += copied.results;
      counts.blocks += copied.blocks;
    });
  }
  conflicts.throwIfAny();
  const { checkpoint: checkpoints, dataset: datasets } = named.copied;
  return { ...span, checkpoints, datasets, ...counts };
}

interface Compared {
  /** Results that are not there, or not with all their blocks. */
  missing: string[];
  already: number;
  conflicts: string[];
}

async function compare(
  { source, target, tables }: CopyEnds,
  ids: string[],
  predictions: boolean,
): Promise<Compared> {
  const here = await fingerprints(source, tables.result, 'run_id', ids, MAPPED);
  const there = await fingerprints(target.manager, tables.result, 'run_id', ids, MAPPED);
  const conflicts = ids.filter((id) => there.has(id) && there.get(id) !== here.get(id));
  const same = ids.filter((id) => there.has(id) && there.get(id) === here.get(id));
  const lacking = predictions ? await lackingBlocks(source, target.manager, same) : [];
  const missing = ids.filter((id) => !there.has(id) || lacking.includes(id));
  return { missing, conflicts, already: same.length };
}

/** A block never changes, so their number tells. */
async function lackingBlocks(
  source: EntityManager,
  target: EntityManager,
  ids: string[],
): Promise<string[]> {
  const count = async (manager: EntityManager) => {
    const rows = await manager.query<{ id: string; blocks: string }[]>(
      `SELECT run_id AS id, count(*) AS blocks FROM prediction_block
        WHERE run_id = ANY($1::uuid[]) GROUP BY run_id`,
      [ids],
    );
    return new Map(rows.map(({ id, blocks }) => [id, Number(blocks)]));
  };
  const [here, there] = [await count(source), await count(target)];
  return ids.filter((id) => (there.get(id) ?? 0) < (here.get(id) ?? 0));
}

function checkGoingOn(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new OperationalError(
    'EXPORT_INTERRUPTED',
    'the copying was interrupted: what is there is whole, and the same command goes on from it',
  );
}
