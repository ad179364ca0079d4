import { MAX_SCORED_CLASSES, parsePredictions } from '../../../src/metrics/scored-predictions';

const GOOD = {
  labels: [0, 1],
  logits: [
    [1, 2, 3],
    [4, 5, 6],
  ],
};

test('labels and logits become typed arrays, the class count from the rows', () => {
  expect(parsePredictions({ ...GOOD, note: 'left alone' })).toEqual({
    classCount: 3,
    classNames: undefined,
    labels: Uint32Array.of(0, 1),
    logits: Float64Array.of(1, 2, 3, 4, 5, 6),
  });
});

test('classes may be a number or the names', () => {
  expect(parsePredictions({ ...GOOD, classes: 3 }).classCount).toBe(3);
  expect(parsePredictions({ ...GOOD, classes: ['a', 'b', 'c'] })).toMatchObject({
    classCount: 3,
    classNames: ['a', 'b', 'c'],
  });
});

const BAD: [what: string, value: unknown, code: string, words: string][] = [
  ['null', null, 'SCORE_NOT_AN_OBJECT', 'null'],
  ['a list', [GOOD], 'SCORE_NOT_AN_OBJECT', 'a list'],
  ['no labels', { logits: [[1, 2]] }, 'SCORE_FIELD_MISSING', '"labels"'],
  ['no logits', { labels: [0] }, 'SCORE_FIELD_MISSING', '"logits"'],
  ['labels as text', { ...GOOD, labels: '01' }, 'SCORE_FIELD_INVALID', 'a string'],
  ['logits as an object', { ...GOOD, logits: {} }, 'SCORE_FIELD_INVALID', 'an object'],
  ['no rows', { labels: [], logits: [] }, 'SCORE_EMPTY', 'at least one'],
  ['a label too few', { ...GOOD, labels: [0] }, 'SCORE_LENGTHS_DIFFER', '1 labels and 2 rows'],
  [
    'a ragged row',
    {
      ...GOOD,
      logits: [
        [1, 2, 3],
        [4, 5],
      ],
    },
    'SCORE_ROW_INVALID',
    'Row 1 has 2',
  ],
  [
    'a long row',
    {
      ...GOOD,
      logits: [
        [1, 2, 3],
        [1, 2, 3, 4],
      ],
    },
    'SCORE_ROW_INVALID',
    'Row 1 has 4',
  ],
  ['a row of null', { ...GOOD, logits: [[1, 2, 3], null] }, 'SCORE_ROW_INVALID', 'Row 1 is null'],
  ['flat logits', { labels: [0], logits: [1] }, 'SCORE_CLASSES_INVALID', '0 classes'],
  [
    'flat logits of 2 classes',
    { labels: [0], logits: [1], classes: 2 },
    'SCORE_ROW_INVALID',
    '0 is 1',
  ],
  [
    'null logits',
    {
      ...GOOD,
      logits: [
        [1, 2, 3],
        [4, null, 6],
      ],
    },
    'SCORE_LOGIT_INVALID',
    'row 1 for class 1 is null',
  ],
  [
    '"NaN" as text',
    {
      ...GOOD,
      logits: [
        ['NaN', 2, 3],
        [4, 5, 6],
      ],
    },
    'SCORE_LOGIT_INVALID',
    'row 0 for class 0 is a string',
  ],
  [
    'an infinite logit',
    {
      ...GOOD,
      logits: [
        [1, 2, 3],
        [4, 5, Infinity],
      ],
    },
    'SCORE_LOGIT_INVALID',
    'row 1 for class 2 is Infinity',
  ],
  [
    'a label too high',
    { ...GOOD, labels: [0, 3] },
    'SCORE_LABEL_INVALID',
    'row 1 is 3; with 3 classes',
  ],
  ['a negative label', { ...GOOD, labels: [-1, 0] }, 'SCORE_LABEL_INVALID', 'row 0 is -1'],
  ['a broken label', { ...GOOD, labels: [0.5, 0] }, 'SCORE_LABEL_INVALID', 'row 0 is 0.5'],
  ['a label as text', { ...GOOD, labels: [0, '1'] }, 'SCORE_LABEL_INVALID', 'row 1 is a string'],
  ['a missing label', { ...GOOD, labels: [0, null] }, 'SCORE_LABEL_INVALID', 'row 1 is null'],
  ['one class', { labels: [0], logits: [[1]] }, 'SCORE_CLASSES_INVALID', '1 classes'],
  ['another class count', { ...GOOD, classes: 4 }, 'SCORE_ROW_INVALID', 'Row 0 has 3'],
  ['half a class', { ...GOOD, classes: 2.5 }, 'SCORE_CLASSES_INVALID', '2.5'],
  ['classes as text', { ...GOOD, classes: '3' }, 'SCORE_CLASSES_INVALID', 'a string'],
  [
    'too many classes',
    { ...GOOD, classes: MAX_SCORED_CLASSES + 1 },
    'SCORE_CLASSES_INVALID',
    '2001',
  ],
  ['equal names', { ...GOOD, classes: ['a', 'b', 'a'] }, 'SCORE_CLASSES_INVALID', 'name 2 occurs'],
  [
    'an empty name',
    { ...GOOD, classes: ['a', '', 'c'] },
    'SCORE_CLASSES_INVALID',
    'name 1 is empty',
  ],
  [
    'a name that is none',
    { ...GOOD, classes: ['a', 1, 'c'] },
    'SCORE_CLASSES_INVALID',
    'name 1 is 1',
  ],
];

test.each(BAD)('%s: refused with its code and place', (_what, value, code, words) => {
  expect(() => parsePredictions(value)).toThrow(
    expect.objectContaining({
      code,
      kind: 'user',
      message: expect.stringContaining(words) as string,
    }) as Error,
  );
});
