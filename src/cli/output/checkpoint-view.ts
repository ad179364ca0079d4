/** A checkpoint for a terminal: what it is, and its layers as a table. */
import type { CheckpointFormat } from '../../checkpoints/formats/checkpoint-files';
import type { ListedLayer } from '../../checkpoints/formats/list-layers';
import type { Preprocessing } from '../../checkpoints/preprocessing';
import type { ImageShape } from '../../datasets/dataset';
import { formatBytes, formatCount } from './numbers';
import { pad, printable, truncate } from './printable';
import { preprocessingWords } from './preprocessing-view';
import { styleFor } from './style';
import { type Column, tableLines } from './table';

export interface ShownCheckpoint {
  name: string;
  format: CheckpointFormat;
  digest: string;
  sizeBytes: number;
  files: { name: string; sizeBytes: number }[];
  inputShape: ImageShape;
  classCount: number;
  classNames: readonly string[] | null;
  parameterCount: number;
  preprocessing: Preprocessing;
  /** What a registered one was made from. */
  parent: { id: string; name: string; isDeleted: boolean } | null;
  layers: readonly ListedLayer[];
}

const NAME_WIDTH = 40;
const KIND_WIDTH = 32;

/** Whatever is text out of a file is made printable. */
export function writeCheckpoint(
  out: NodeJS.WritableStream,
  checkpoint: ShownCheckpoint,
  options: { isTty: boolean },
): void {
  const style = styleFor(options.isTty);
  const pairs = pairsOf(checkpoint);
  const width = Math.max(...pairs.map(([title]) => title.length));
  const lines = [
    ...pairs.map(
      ([title, value]) => `${style('dim', pad(title, width, 'left'))}  ${printable(value)}`,
    ),
    '',
    ...tableLines(COLUMNS, checkpoint.layers.map(rowOf), {
      paintHeader: (text) => style('dim', text),
    }),
  ];
  out.write(`${lines.join('\n')}\n`);
}

function pairsOf(checkpoint: ShownCheckpoint): [string, string][] {
  const { name, format, digest, sizeBytes, files, inputShape, classNames, parent } = checkpoint;
  const { height, width, channels } = inputShape;
  const parts = files.map((file) => `${file.name} (${formatBytes(file.sizeBytes)})`).join(', ');
  return [
    ['Checkpoint', name],
    ['Format', format],
    ['Digest', digest],
    ['Size', `${formatBytes(sizeBytes)}${files.length > 1 ? `: ${parts}` : ''}`],
    ['Parameters', formatCount(checkpoint.parameterCount)],
    ['Input', `${height}×${width}, ${channels} ${channels === 1 ? 'channel' : 'channels'}`],
    ['Classes', String(checkpoint.classCount) + (classNames ? `: ${classNames.join(', ')}` : '')],
    ['Preprocessing', preprocessingWords(checkpoint.preprocessing)],
    ...(parent ? [parentPair(parent)] : []),
  ];
}

function parentPair({ id, name, isDeleted }: NonNullable<ShownCheckpoint['parent']>) {
  return ['Parent', `${name} (${id})${isDeleted ? ', deleted' : ''}`] satisfies [string, string];
}

const COLUMNS: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'Name', align: 'left' },
  { title: 'Layer', align: 'left' },
  { title: 'Output', align: 'left' },
  { title: 'Weights', align: 'left' },
  { title: 'Parameters', align: 'right' },
];

function rowOf(layer: ListedLayer, position: number): string[] {
  const { name, kind, outputShape, weightShapes, parameterCount } = layer;
  return [
    String(position),
    truncate(printable(name), NAME_WIDTH),
    truncate(printable(kind), KIND_WIDTH),
    outputShape?.join('×') ?? '',
    weightShapes.map((shape) => `[${shape.join(', ')}]`).join(' '),
    parameterCount === 0 ? '' : formatCount(parameterCount),
  ];
}
