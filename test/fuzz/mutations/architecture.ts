/** Mutations of the YAML beside a state dict: its text, its lines, its structure, and what only YAML has. */
import { parse } from 'yaml';
import type { Mutator } from '../fuzz-file';
import type { SeededRandom } from '../seeded-random';
import { mutateBytes, replaced, splice } from './bytes';
import { mutateJson } from './json';
import { printJson, treeOf } from './json-tree';

const WORDS = [
  'architecture',
  'input',
  'classes',
  'preprocessing',
  'fashion-cnn',
  'conv2d',
  'batchnorm2d',
  'relu',
  'maxpool2d',
  'avgpool2d',
  'global_avg_pool2d',
  'dropout',
  'flatten',
  'linear',
  'softmax',
  'in',
  'out',
  'kernel',
  'stride',
  'padding',
  'bias',
  'name',
  'same',
  'groups',
  'dilation',
  'channels',
  'mean',
  'std',
  'scale',
  'channel_order',
  'BGR',
  'logits',
];
/** What YAML can say and JSON can not. */
const SNIPPETS = [
  '&a [*a]',
  '*a',
  '&a ',
  '<<: *a',
  '<<: { in: 1 }',
  '!!binary aGVsbG8=',
  '!!js/function "function () { return 1 }"',
  '!!python/object/apply:os.system ["true"]',
  '!!set { a }',
  '!!int "1"',
  '!x y',
  '? [a, b]\n: c',
  '%YAML 1.1\n---\n',
  '---\n',
  '...\n',
  '\t',
  '|\n  text\n',
  '>-\n  text\n',
  '# comment',
  '\ufeff',
  '\r',
  '"\\x00"',
  "'",
  '"',
  '{',
  ']',
  ': ',
  '- ',
  '0o17',
  '1_000',
  '.inf',
  '.nan',
  '2001-12-14t21:59:43.10-05:00',
  'yes',
  '~',
];
const REPEATED = ['[', '{', '- ', ',', '? ', '{a: ', ': ', '&a ', '!!', '#', '"', '\n', ' ', '[a,'];
/** The file may have 64 KiB. */
const MOST_BYTES = 65_536;

export const ARCHITECTURE_MUTATORS: Readonly<Record<string, Mutator>> = {
  bytes: mutateBytes,
  splice: (base, random, others) => splice(base, random, random.pick(others)),
  lines: mutateLines,
  fields: (base, random) => {
    const tree = treeOf(parse(base.toString()));
    mutateJson(tree, random, WORDS);
    return Buffer.from(printJson(tree));
  },
  snippets: (base, random) => {
    let bytes: Buffer = base;
    for (let times = 1 + random.below(3); times > 0; times--) {
      const at = random.below(bytes.length);
      bytes = replaced(bytes, at, random.below(6), Buffer.from(random.pick(SNIPPETS)));
    }
    return bytes;
  },
  flood: (base, random) => {
    const part = random.pick(REPEATED);
    const flood = Buffer.alloc(random.size(MOST_BYTES), part);
    return replaced(base, random.below(base.length), 0, flood);
  },
  aliases: (base, random) => {
    const levels = 1 + random.below(12);
    const lines = Array.from({ length: levels }, (_, level) => {
      const items = level === 0 ? ['x'] : new Array<string>(9).fill(`*a${level - 1}`);
      return `k${level}: &a${level} [${items.join(', ')}]\n`;
    });
    return Buffer.concat([Buffer.from(lines.join('')), base]);
  },
};

function mutateLines(base: Buffer, random: SeededRandom): Buffer {
  const lines = base.toString().split('\n');
  for (let times = 1 + random.below(4); times > 0; times--) {
    const at = random.below(lines.length);
    const line = lines[at] ?? '';
    const ways = [
      [],
      [line, line],
      [` ${line}`],
      [line.trimStart()],
      [line, random.pick(lines)],
      [`${line} ${random.pick(WORDS)}`],
      [line.replace(/\d+/, String(random.size(2 ** 31)))],
      new Array<string>(random.size(1_500)).fill(line),
    ];
    lines.splice(at, 1, ...random.pick(ways));
  }
  return Buffer.from(lines.join('\n'));
}
