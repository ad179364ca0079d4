import { parse } from 'yaml';
import type { ExportedResult } from '../../../src/exports/exported-result';
import { csvLine, textCell } from '../../../src/exports/csv';
import { mlflowBatch } from '../../../src/exports/mlflow-batch';
import { modelCard } from '../../../src/exports/model-card';
import { resultMarkdown } from '../../../src/exports/result-markdown';
import { exportTime } from '../../../src/exports/export-time';
import type { EvaluationResult } from '../../../src/evaluations/evaluation-result.entity';
import { parseCsv } from '../../integration/exports/parse-csv';
import { resultOf } from '../../support/stored-rows';

const HOSTILE = 'a|b</td><img src=x>@team](http://x) "\n---\nlicense: x\n# d: [`c`';

function exported(name: string, classNames: string[]): ExportedResult {
  const run = { id: 'r', checkpointId: 'c', datasetId: 'd', split: 'test', engine: 'onnx' };
  const result = {
    ...resultOf(run as ExportedResult['run']),
    createdAt: new Date('2026-01-02T03:04:05.678Z'),
    intervals: null,
    rocAucMacro: 0.75,
    cohenKappa: null,
  };
  // Undefined is what no column is; the database gives null.
  for (const key of ['top2Accuracy', 'top3Accuracy', 'top5Accuracy', 'matthewsCorrcoef']) {
    Object.assign(result, { [key]: null });
  }
  for (const key of ['rocAucWeighted', 'averagePrecisionMacro', 'brierScore']) {
    Object.assign(result, { [key]: null });
  }
  return {
    result: { ...result, expectedCalibrationError: null } as unknown as EvaluationResult,
    run: { ...run, batchSize: 64 } as ExportedResult['run'],
    checkpoint: { name, format: 'onnx' } as ExportedResult['checkpoint'],
    dataset: { name, classNames } as ExportedResult['dataset'],
  };
}

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("http://x","a,b")'])(
  'a cell with %j is text for a spreadsheet',
  (name) => {
    const [row] = parseCsv(csvLine([textCell(name), 1]));
    expect(row).toEqual([`'${name}`, '1']);
  },
);

test('commas, quotes and line ends come back as they were', () => {
  const names = ['a,b', 'say "x"', 'two\nlines', '', ' spaces ', 'é漢'];
  expect(parseCsv(csvLine(names.map(textCell)))).toEqual([names]);
});

test('no name breaks out of the report, mentions anybody, or makes a link or a tag', () => {
  const markdown = resultMarkdown(exported(HOSTILE, [HOSTILE, HOSTILE]));
  expect(markdown).not.toMatch(/<img|@team|http:\/\/|\]\(/);
  expect(markdown.split('\n').filter((line) => /^(---|license|# d)/.test(line))).toEqual([]);
  const matrix = markdown.slice(markdown.indexOf('## Confusion matrix')).split('\n');
  const table = matrix.filter((line) => line.startsWith('|'));
  expect(table.map((line) => line.split('|').length)).toEqual([5, 5, 5, 5]);
});

test('no name ends the metadata of the card, and undefined metrics are left out', () => {
  const card = modelCard(exported(HOSTILE, ['x', 'y']));
  // As the Hub finds the block.
  const [, block = '', rest = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(card) ?? [];
  const metadata = parse(block) as Record<string, unknown>;
  expect(Object.keys(metadata)).toEqual(['pipeline_tag', 'tags', 'model-index']);
  expect(metadata['model-index']).toMatchObject([
    {
      name: HOSTILE.replace(/\s+/g, ' '),
      results: [
        {
          task: { type: 'image-classification' },
          dataset: { name: HOSTILE.replace(/\s+/g, ' '), split: 'test' },
        },
      ],
    },
  ]);
  const [index] = metadata['model-index'] as { results: { metrics: { type: string }[] }[] }[];
  const types = index?.results[0]?.metrics.map(({ type }) => type);
  expect(types).toContain('roc_auc');
  expect(types).not.toContain('cohen_kappa');
  expect(rest).toMatch(/^\n# a&#124;b/);
});

test('MLflow gets finite numbers and no more of a name than it takes', () => {
  const batch = mlflowBatch(exported('n'.repeat(5_000), ['x', 'y']), 'abc');
  expect(batch.run_id).toBe('abc');
  expect(batch.metrics.every(({ value }) => Number.isFinite(value))).toBe(true);
  expect(batch.metrics.map(({ key }) => key)).not.toContain('cohen_kappa');
  for (const { key } of batch.metrics) expect(key).toMatch(/^[\w.\-/ ]{1,250}$/);
  for (const { value } of batch.params) expect(value.length).toBeLessThanOrEqual(250);
});

test.each([
  ['2026-01-31', '2026-01-31T00:00:00.000000Z'],
  ['2026-01-31T12:00Z', '2026-01-31T12:00:00.000000Z'],
  ['2026-01-31T12:00:00.123456Z', '2026-01-31T12:00:00.123456Z'],
  ['2026-01-31T01:00:00.9999+02:00', '2026-01-30T23:00:00.999900Z'],
])('the time %s is %s', (text, time) => {
  expect(exportTime(text)).toBe(time);
});

test.each([
  '',
  'yesterday',
  '2026-02-30',
  '2026-02-30T00:00:00Z',
  '1969-01-01',
  '2026-01-31T12:00',
])('%j is no time', (text) => {
  expect(() => exportTime(text)).toThrow(/is no time from 1970 on/);
});
