/** Reads an ONNX file without the data of its tensors: memory does not grow with the weights. */
import type { ByteSource } from '../byte-source';
import { checkpointInvalid } from '../checkpoint-invalid';
import { SparseBytes } from '../sparse-bytes';
import {
  ATTRIBUTE,
  FUNCTION,
  GRAPH,
  MODEL,
  NODE,
  SPARSE_TENSOR,
  TENSOR_DATA,
  TRAINING,
} from './onnx-schema';
import { FieldBudget, MalformedProtobuf } from './protobuf-fields';
import { type OnnxGraph, readOnnx } from './read-onnx';

type Kind = 'graph' | 'node' | 'attribute' | 'tensor' | 'sparse' | 'function' | 'training' | 'data';

/** In which fields of a message tensors lie, at whatever depth. */
const FIELDS: Readonly<Record<'model' | Kind, Readonly<Record<number, Kind>>>> = {
  model: {
    [MODEL.graph]: 'graph',
    [MODEL.functions]: 'function',
    [MODEL.trainingInfo]: 'training',
  },
  graph: {
    [GRAPH.node]: 'node',
    [GRAPH.initializer]: 'tensor',
    [GRAPH.sparseInitializer]: 'sparse',
  },
  node: { [NODE.attribute]: 'attribute' },
  attribute: {
    [ATTRIBUTE.t]: 'tensor',
    [ATTRIBUTE.tensors]: 'tensor',
    [ATTRIBUTE.g]: 'graph',
    [ATTRIBUTE.graphs]: 'graph',
    [ATTRIBUTE.sparseTensor]: 'sparse',
    [ATTRIBUTE.sparseTensors]: 'sparse',
  },
  sparse: { [SPARSE_TENSOR.values]: 'tensor', [SPARSE_TENSOR.indices]: 'tensor' },
  function: { [FUNCTION.node]: 'node', [FUNCTION.attributeProto]: 'attribute' },
  training: { [TRAINING.initialization]: 'graph', [TRAINING.algorithm]: 'graph' },
  tensor: Object.fromEntries(TENSOR_DATA.map((field) => [field, 'data' as const])),
  data: {},
};

/** What is smaller is read as it is: to look into it would cost more than it saves. */
const SMALL_BYTES = 4096;
/** A tag and a length, of at most 5 and 10 bytes. */
const MAX_HEAD_BYTES = 15;
const MAX_DEPTH = 48;
const MIN_WINDOW_BYTES = 256;
const MAX_WINDOW_BYTES = 65_536;
const LENGTH_DELIMITED = 2;
const FIXED_BYTES: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/** @throws UserError as readOnnx, which sees all bytes but those of large tensors */
export async function readOnnxIndex(source: ByteSource): Promise<OnnxGraph> {
  return readOnnx(await loadOnnxIndex(source));
}

/**
 * The file's bytes, zeros where large tensors have their values.
 *
 * @throws UserError ONNX_UNREADABLE
 */
export async function loadOnnxIndex(source: ByteSource): Promise<Uint8Array> {
  const sparse = new SparseBytes(source);
  try {
    await new IndexLoader(sparse).message('model', 0, source.size, 0);
  } catch (error) {
    if (!(error instanceof MalformedProtobuf)) throw error;
    throw checkpointInvalid(`it is not a readable ONNX model: ${error.message}`, {
      code: 'ONNX_UNREADABLE',
      cause: error,
    });
  }
  return sparse.bytes;
}

class IndexLoader {
  /** Up to here the bytes from the last load on are there. */
  private loadedTo = 0;
  /** Doubles while fields lie side by side, so that many small ones do not mean many reads. */
  private window = MIN_WINDOW_BYTES;
  private readonly budget = new FieldBudget();

  constructor(private readonly sparse: SparseBytes) {}

  /** Loads a message but for tensor data. What is malformed is left to the reader that comes after. */
  async message(kind: 'model' | Kind, start: number, end: number, depth: number): Promise<void> {
    if (depth > MAX_DEPTH) throw new MalformedProtobuf('messages are nested too deeply');
    for (let at = start; at < end;) {
      this.budget.spend();
      const headEnd = Math.min(at + MAX_HEAD_BYTES, end);
      // Not awaited where there is nothing to do: a turn of the event loop a field would take minutes.
      if (headEnd > this.loadedTo) await this.load(at, headEnd);
      const head = this.head(at, end);
      if (head === undefined) return;
      const { number, bodyAt, bodyEnd, isLengthDelimited } = head;
      const child = isLengthDelimited ? FIELDS[kind][number] : undefined;
      if (bodyEnd - bodyAt <= SMALL_BYTES || child === undefined) {
        if (bodyEnd > this.loadedTo) await this.load(bodyAt, bodyEnd);
      } else if (child !== 'data') {
        await this.message(child, bodyAt, bodyEnd, depth + 1);
      }
      at = bodyEnd;
    }
  }

  private head(at: number, end: number) {
    const tag = this.varint(at, end);
    if (tag === undefined) return undefined;
    const wire = tag.value % 8;
    const number = Math.floor(tag.value / 8);
    const isLengthDelimited = wire === LENGTH_DELIMITED;
    const value = wire === 0 || isLengthDelimited ? this.varint(tag.next, end) : undefined;
    const fixed = FIXED_BYTES[wire];
    const bodyAt = value?.next ?? tag.next;
    const bodyEnd = bodyAt + (isLengthDelimited ? (value?.value ?? NaN) : (fixed ?? 0));
    // The deprecated groups (3, 4) included: what has no place here the reader refuses or skips.
    if ((value === undefined && fixed === undefined) || !(bodyEnd <= end)) return undefined;
    return { number, bodyAt, bodyEnd, isLengthDelimited };
  }

  private varint(start: number, end: number): { value: number; next: number } | undefined {
    let value = 0;
    for (let at = start; at < Math.min(start + 10, end); at++) {
      const byte = this.sparse.bytes[at] ?? 0;
      value += (byte % 128) * 2 ** (7 * (at - start));
      if (byte < 128) return { value, next: at + 1 };
    }
    return undefined;
  }

  private async load(start: number, end: number): Promise<void> {
    const isNext = start <= this.loadedTo;
    this.window = isNext ? Math.min(this.window * 2, MAX_WINDOW_BYTES) : MIN_WINDOW_BYTES;
    const from = isNext ? this.loadedTo : start;
    const length = Math.max(end - from, this.window);
    await this.sparse.load(from, length);
    this.loadedTo = from + length;
  }
}
