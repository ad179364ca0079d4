/**
 * What it takes to look into a cell of the confusion matrix, over GraphQL as a page asks: with the predictions
 * in memory, and with all of them still in the database; and the database's part of that.
 *
 *   npm run bench:drill-down -- [--dataset NAME] [--checkpoint PATH] [--rounds N]
 */
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type App, startApp } from '../src/app';
import { tableLines } from '../src/cli/output/table';
import { loadConfig } from '../src/config/load-config';
import { dataFolder } from '../src/database/connect';
import { messageOf } from '../src/errors';
import { type Services } from '../src/services';

const QUERY = `query ($id: ID!) {
  evaluationResult(id: $id) {
    samples(filter: { trueClass: 6, predictedClass: 0 }, first: 24) {
      totalCount
      nodes {
        index trueClassName predictedClassName probability margin loss imageUrl
        topProbabilities(first: 3) { className probability }
      }
    }
  }
}`;
const COMPARISON = `query ($a: ID!, $b: ID!) {
  compareResults(baselineId: $a, candidateId: $b) {
    verdictText deltas { metric baseline candidate delta lower upper } flips { churn } mcnemar { pValue }
  }
}`;
const BLOCKS = 'SELECT kind, logits FROM prediction_block WHERE run_id = $1 ORDER BY shard';

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      dataset: { type: 'string', default: 'fashion-mnist' },
      checkpoint: { type: 'string', default: 'checkpoints/fashion-cnn' },
      rounds: { type: 'string', default: '25' },
    },
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'assay-bench-'));
  // A database of its own, but the files that an earlier start has fetched.
  const fetched = path.join(dataFolder(loadConfig()), 'datasets', 'fashion-mnist');
  const loaded = loadConfig({
    ASSAY_DATA_MIRROR: fetched,
    ...process.env,
    ASSAY_DATA_PATH: folder,
    PORT: '0',
  });
  const app = await startApp(loaded);
  try {
    const runs = [
      await evaluated(app.services, flags.dataset, flags.checkpoint),
      await evaluated(app.services, flags.dataset, flags.checkpoint),
    ] as const;
    await measure(app, runs, Number(flags.rounds));
  } finally {
    await app.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function evaluated(services: Services, name: string, checkpointPath: string) {
  const { datasets, registration, evaluations } = services;
  const dataset = await datasets.register(name);
  const { checkpoint } = await registration.fromPath(checkpointPath, {});
  const { id } = await evaluations.request({
    checkpointId: checkpoint.id,
    datasetId: dataset.id,
    split: 'test',
    engine: 'onnx',
    batchSize: services.loaded.config.evaluation.batchSize,
    force: true,
  });
  for await (const state of evaluations.watch(id)) {
    if (state.failureMessage !== null) throw new Error(state.failureMessage);
  }
  return id;
}

async function measure(app: App, [a, b]: readonly [string, string], rounds: number): Promise<void> {
  const { analysis, database } = app.services;
  const rows: [string, number[]][] = [];
  const time = async (what: string, work: () => Promise<unknown>, before?: () => void) => {
    const times: number[] = [];
    for (let round = -3; round < rounds; round++) {
      before?.();
      const startedAt = performance.now();
      await work();
      if (round >= 0) times.push(performance.now() - startedAt);
    }
    rows.push([what, times]);
  };
  const forget = () => {
    analysis.forget();
  };
  await time('the blocks alone, from the database', () => database.dataSource.query(BLOCKS, [a]));
  await time('a cell, predictions in memory', () => ask(app, QUERY, { id: a }));
  await time('a cell, predictions in the database', () => ask(app, QUERY, { id: a }), forget);
  await time('a comparison, made before', () => ask(app, COMPARISON, { a, b }));
  await time(
    'a comparison, predictions in the database',
    () => ask(app, COMPARISON, { a, b }),
    forget,
  );
  const lines = tableLines(
    [
      { title: `ms, ${rounds} rounds`, align: 'left' },
      ...['min', 'median', 'max'].map((title) => ({ title, align: 'right' as const })),
    ],
    rows.map(([what, times]) => [what, ...spread(times)]),
  );
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function ask({ url }: App, query: string, variables: Record<string, string>) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { errors } = (await response.json()) as { errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
}

function spread(values: readonly number[]): string[] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  return [0, 0.5, 1].map((share) => at(share).toFixed(1));
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
