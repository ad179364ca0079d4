/** Exports of a real result: 10,000 samples in several blocks. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { EvaluationResult } from '../../../src/evaluations/evaluation-result.entity';
import { type ExportFormat, exportResult } from '../../../src/exports/export-formats';
import { exportEverything } from '../../../src/exports/export-everything';
import { listResults } from '../../../src/exports/list-results';
import { writeTextFile } from '../../../src/exports/write-text';
import { describeWithReference } from '../../support/reference';
import { storedLogits } from '../../support/stored-logits';
import { temporaryFolder } from '../../support/temporary-folder';
import { startWithTwoResults, type TwoCheckpoints } from '../analysis/two-checkpoints';
import { parseCsv } from './parse-csv';

describeWithReference('an export', () => {
  let service: TwoCheckpoints;
  let result: EvaluationResult;

  beforeAll(async () => {
    service = await startWithTwoResults();
    result = await manager().findOneByOrFail(EvaluationResult, { runId: service.own });
  }, 180_000);
  afterAll(() => service.end());

  const manager = () => service.app.services.database.dataSource.manager;
  const datasets = () => service.app.services.datasets;
  const parts = (format: ExportFormat, id = service.own) =>
    exportResult(manager(), datasets(), id, { format });

  async function textOf(format: ExportFormat): Promise<string> {
    let text = '';
    for await (const part of parts(format)) text += part;
    return text;
  }

  test('as CSV holds every prediction: the counts of the matrix, and the softmax of the stored logits', async () => {
    const [header = [], ...rows] = parseCsv(await textOf('csv'));
    expect(header.slice(0, 6)).toEqual([
      ...['index', 'true', 'predicted', 'true_name', 'predicted_name'],
      'p0 T-shirt/top',
    ]);
    expect(header).toHaveLength(15);
    expect(rows.map(([index]) => Number(index))).toEqual(Array.from(rows.keys()));
    const counts = result.confusionMatrix.map((row) => row.map(() => 0));
    const logits = await storedLogits(service.app.services.database.dataSource, service.own);
    let furthest = 0;
    rows.forEach((row, i) => {
      const [, label, predicted, name] = row;
      const line = counts[Number(label)] ?? [];
      line[Number(predicted)] = (line[Number(predicted)] ?? NaN) + 1;
      if (name !== header[5 + Number(label)]?.slice(3)) throw new Error(`row ${i} has ${name}`);
      const exponentials = Array.from(logits.subarray(i * 10, (i + 1) * 10), Math.exp);
      const sum = exponentials.reduce((a, b) => a + b, 0);
      exponentials.forEach((exponential, k) => {
        furthest = Math.max(furthest, Math.abs(exponential / sum - Number(row[5 + k])));
      });
    });
    expect(counts).toEqual(result.confusionMatrix);
    expect(furthest).toBeLessThan(1e-12);
  });

  test('as JSON holds the report, the run, the checkpoint and the digests', async () => {
    const found = JSON.parse(await textOf('json')) as Record<string, Record<string, unknown>>;
    expect(found).toMatchObject({
      result: {
        id: service.own,
        dataDigest: result.dataDigest,
        checkpointDigest: result.checkpointDigest,
        report: { n: 10_000, accuracy: result.accuracy, confusionMatrix: result.confusionMatrix },
      },
      run: { id: service.own, state: 'SUCCEEDED', samplesDone: 10_000 },
      checkpoint: { id: result.checkpointId, digest: result.checkpointDigest },
      dataset: { name: 'fashion-mnist' },
    });
    expect(found.result?.report).toHaveProperty('expectedCalibrationError15');
    expect(found.result?.report).toHaveProperty('bootstrap.intervals.macroF1.low');
  });

  test('as a report and as a card says the accuracy with its interval', async () => {
    const markdown = await textOf('markdown');
    expect(markdown).toContain('| Accuracy | 0.9180 | 0.9125 – 0.9232 |');
    expect(markdown).toContain('| Guessing always the most frequent class | 0.1000 |');
    expect(markdown).toContain('| T-shirt/top | ');
    const [, block = ''] = /^---\n([\s\S]*?)\n---\n/.exec(await textOf('model-card')) ?? [];
    const card = parse(block) as {
      'model-index': { results: { dataset: unknown; metrics: unknown[] }[] }[];
    };
    const found = card['model-index'][0]?.results[0];
    expect(found?.dataset).toMatchObject({ name: 'fashion-mnist', split: 'test' });
    expect(found?.metrics).toContainEqual({
      type: 'accuracy',
      value: result.accuracy,
      name: 'Accuracy',
    });
  });

  test('for MLflow holds each scalar and the ends of its interval', async () => {
    const { metrics } = JSON.parse(await textOf('mlflow')) as {
      metrics: { key: string; value: number; timestamp: number }[];
    };
    const timestamp = result.createdAt.getTime();
    expect(metrics).toContainEqual({ key: 'macro_f1', value: result.macroF1, timestamp, step: 0 });
    expect(metrics.map(({ key }) => key)).toContain('macro_f1_lower');
  });

  test('that fails in the middle leaves the file that was there, and nothing beside it', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'predictions.csv');
    await writeTextFile(file, ['before\n']);
    async function* broken() {
      let n = 0;
      for await (const part of parts('csv')) {
        if (++n > 20) throw new Error('the disk is full');
        yield part;
      }
    }
    await expect(writeTextFile(file, broken())).rejects.toThrow('the disk is full');
    expect(await readFile(file, 'utf8')).toBe('before\n');
    expect(await readdir(folder)).toEqual(['predictions.csv']);
    await expect(writeTextFile(folder, ['x'])).rejects.toMatchObject({ code: 'FILE_NOT_WRITTEN' });
  });

  test.each(['no-id', '00000000-0000-4000-8000-000000000000'])('knows no result %s', async (id) => {
    await expect(parts('json', id).next()).rejects.toMatchObject({ code: 'RESULT_NOT_FOUND' });
  });

  test('of everything is the same twice, goes on where it ended, and keeps another one’s folder', async () => {
    const folder = await temporaryFolder();
    const since = '1970-01-01T00:00:00.000000Z';
    const into = (name: string, from: string) =>
      exportEverything(manager(), datasets(), {
        since: from,
        folder: path.join(folder, name),
        predictions: true,
      });
    const first = await into('a', since);
    expect(first).toMatchObject({ checkpoints: 2, runs: 2, results: 2, withoutPredictions: [] });
    await into('b', since);
    const files = (await readdir(path.join(folder, 'a'), { recursive: true })).sort();
    expect(files).toEqual([
      ...['checkpoints.jsonl', 'datasets.jsonl', 'export.json', 'predictions'],
      ...[service.own, service.reference].sort().map((id) => `predictions/${id}.csv`),
      ...['results.jsonl', 'runs.jsonl'],
    ]);
    for (const file of files.filter((name) => /jsonl|csv/.test(name))) {
      const [a, b] = ['a', 'b'].map((name) => readFile(path.join(folder, name, file), 'utf8'));
      expect(await a).toBe(await b);
    }
    const lines = (await readFile(path.join(folder, 'a', 'results.jsonl'), 'utf8')).split('\n');
    const ids = lines.filter(Boolean).map((line) => (JSON.parse(line) as { id: string }).id);
    expect(ids).toEqual([service.reference, service.own]);

    expect(await into('c', first.until)).toMatchObject({ runs: 0, results: 0 });
    await expect(into('a', first.until)).rejects.toMatchObject({ code: 'EXPORT_FOLDER_TAKEN' });
  });

  test('is chosen from a list, newest first', async () => {
    const ids = async (filter: Parameters<typeof listResults>[1], first = 20) =>
      (await listResults(manager(), filter, first)).map(({ id }) => id);
    expect(await ids({})).toEqual([service.own, service.reference]);
    expect(await ids({}, 1)).toEqual([service.own]);
    expect(await ids({ checkpointId: result.checkpointId, dataset: 'fashion-mnist' })).toEqual([
      service.own,
    ]);
    expect(await ids({ split: 'train' })).toEqual([]);
  });
});
