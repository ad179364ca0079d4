/**
 * What it takes to look into a cell of the confusion matrix, over GraphQL as a page asks: with the predictions
 * in memory, and with all of them still in the database; and the database's part of that.
 *
 *   npm run bench:drill-down -- [--dataset NAME] [--checkpoint PATH] [--rounds N]
 */
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { type App, startApp } from '../src/app';
import { ask } from './support/ask';
import { configuredInScratch, evaluated, runBench } from './support/scratch';
import { type SpreadRow, writeSpreadTable } from './support/spread-table';

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
  await configuredInScratch(async (loaded) => {
    const app = await startApp(loaded);
    try {
      const runs = [
        await evaluated(app.services, flags.dataset, flags.checkpoint),
        await evaluated(app.services, flags.dataset, flags.checkpoint),
      ] as const;
      await measure(app, runs, Number(flags.rounds));
    } finally {
      await app.stop();
    }
  });
}

async function measure(app: App, [a, b]: readonly [string, string], rounds: number): Promise<void> {
  const { url, services } = app;
  const { analysis, database } = services;
  const rows: SpreadRow[] = [];
  const time = async (what: string, work: () => Promise<unknown>, before?: () => void) => {
    const times: number[] = [];
    for (let round = -3; round < rounds; round++) {
      before?.();
      const startedAt = performance.now();
      await work();
      if (round >= 0) times.push(performance.now() - startedAt);
    }
    rows.push({ what, values: times });
  };
  const forget = () => {
    analysis.forget();
  };
  await time('the blocks alone, from the database', () => database.dataSource.query(BLOCKS, [a]));
  await time('a cell, predictions in memory', () => ask(url, QUERY, { id: a }));
  await time('a cell, predictions in the database', () => ask(url, QUERY, { id: a }), forget);
  await time('a comparison, made before', () => ask(url, COMPARISON, { a, b }));
  await time(
    'a comparison, predictions in the database',
    () => ask(url, COMPARISON, { a, b }),
    forget,
  );
  writeSpreadTable(`ms, ${rounds} rounds`, rows);
}

runBench(main);
