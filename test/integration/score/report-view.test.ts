import { writeReport } from '../../../src/cli/output/report-view';
import { report } from '../../../src/metrics/report';
import type { EvaluationTotals } from '../../../src/metrics/totals';
import { Capture } from './capture';

const NAMES = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

/** Each class right `right` times and taken for the next one once more than its index. */
function totalsOfRing(classCount: number, right: number): EvaluationTotals {
  const confusionMatrix = Array.from({ length: classCount }, (_, i) =>
    Array.from({ length: classCount }, (_, j) =>
      i === j ? right : (i + 1) % classCount === j ? i + 1 : 0,
    ),
  );
  const sampleCount = confusionMatrix.flat().reduce((a, b) => a + b);
  return { classCount, sampleCount, lossSum: sampleCount / 2, confusionMatrix };
}

function linesOf(classNames: readonly string[], options: { width?: number; isTty?: boolean } = {}) {
  const out = new Capture();
  writeReport(
    out,
    {
      report: report(totalsOfRing(classNames.length, 9000)),
      classNames,
      header: [['Checkpoint', 'champion\u001b[31m']],
    },
    options,
  );
  return out.lines;
}

afterEach(() => {
  delete process.env['NO_COLOR'];
});

test('scalars, class table and matrix are written under their names', () => {
  const lines = linesOf(NAMES);
  expect(lines[0]).toBe('Checkpoint            champion\\u{1b}[31m');
  expect(lines).toContain('Samples               90,055');
  expect(lines).toContain('Loss                  0.5000');
  expect(lines).toContain('Class             Precision  Recall      F1  Support');
  expect(lines).toContain('Ankle boot           0.9990  0.9989  0.9989    9,010');
  expect(lines.join('\n')).toMatch(/^weighted average( +0\.\d{4}){3} +90,055$/m);
});

test.each([80, 100, 120])('ten classes fit %i columns with headings that tell apart', (width) => {
  const lines = linesOf(NAMES, { width });
  const start = lines.indexOf('Confusion matrix (rows true, columns predicted)');
  const matrix = lines.slice(start + 1);
  expect(matrix).toHaveLength(11);
  for (const line of matrix) expect(line.length).toBeLessThanOrEqual(width);
  const headings = (matrix[0] ?? '').trim().split(/ +(?!bo)/);
  expect(new Set(headings).size).toBe(10);
  expect(matrix[5]).toMatch(/^Coat +0 +0 +0 +0 +9000 +5( +0){4}$/);
});

test('where cut names would be riddles or twins, columns are numbered and rows carry the legend', () => {
  const narrow = linesOf(NAMES, { width: 50 });
  expect(narrow.join('\n')).toMatch(/^ +0 +1 +2 +3 +4 +5 +6 +7 +8 +9$/m);
  expect(narrow.join('\n')).toMatch(/^9 Ankle boot +10( +0){8} +9000$/m);
  const twins = linesOf(['a very long class name 1', 'a very long class name 2'], { width: 30 });
  expect(twins.join('\n')).toMatch(/^ +0 +1$/m);
});

test('wide and combining characters keep the columns aligned', () => {
  const lines = linesOf(['日本', 'cafe\u0301', 'ab'], { width: 80 });
  expect(lines.slice(-3)).toEqual([
    '日本 9000    1    0',
    'cafe\u0301    0 9000    2',
    'ab      3    0 9000',
  ]);
});

test('above 20 classes the most confused pairs stand for the matrix', () => {
  const lines = linesOf(Array.from({ length: 30 }, (_, k) => `k${k}`));
  const start = lines.findIndex((line) => line.startsWith('Confusion matrix of 30 classes'));
  expect(lines[start]).toContain('30 pairs are confused, the 20 most frequent are');
  expect(lines.slice(start + 2)).toHaveLength(20);
  expect(lines[start + 2]).toMatch(/^k29 +k0 +30 +0\.3%$/);
});

test('colours appear on a terminal alone, and not with NO_COLOR', () => {
  expect(linesOf(NAMES).join('')).not.toContain('\u001b');
  expect(linesOf(NAMES, { isTty: true }).join('')).toContain('\u001b[1m');
  process.env['NO_COLOR'] = '1';
  expect(linesOf(NAMES, { isTty: true }).join('')).not.toContain('\u001b');
});

test('the hostile parts of names are written out: escapes, line ends, reversals, C1 controls', () => {
  const text = linesOf(['a\nb', 'c\u202ed', '\u009b2Je', '\ud800f'], { width: 120 }).join('\n');
  for (const shown of ['a\\u{a}b', 'c\\u{202e}d', '\\u{9b}2Je', '\\u{d800}f']) {
    expect(text).toContain(shown);
  }
});
