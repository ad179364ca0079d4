/** Writes checkpoints of any size piece by piece: one dense layer of side × side weights between two small ones. */
import { open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import {
  DATA_TYPE,
  GRAPH,
  MODEL,
  OPSET,
  TENSOR,
} from '../../../src/checkpoints/formats/onnx/onnx-schema';
import {
  integer,
  message,
  text,
  writeNode,
  writeValueInfo,
} from '../../../src/inference/onnx/onnx-encoder';

const PIXELS = 784;
const CLASSES = 10;
const PIECE_BYTES = 2 ** 20;

interface LargeTensor {
  name: string;
  shape: readonly [number, number];
  bytes: number;
}

type Writable = (chunk: Uint8Array) => Promise<void>;

/** Weights of 0.001 or so: what they are does not matter, but zeros would not show a wrong offset. */
const PIECE = Buffer.from(new Float32Array(PIECE_BYTES / 4).map((_, i) => (i % 7) / 5000).buffer);

function tensorsOf(side: number): LargeTensor[] {
  const shapes: [number, number][] = [
    [side, PIXELS],
    [side, side],
    [CLASSES, side],
  ];
  return shapes.map(([out, inputs], i) => ({
    name: `${i + 1}.weight`,
    shape: [out, inputs],
    bytes: 4 * out * inputs,
  }));
}

async function fill(write: Writable, bytes: number, seen?: (chunk: Uint8Array) => void) {
  for (let at = 0; at < bytes; at += PIECE_BYTES) {
    const chunk = PIECE.subarray(0, Math.min(PIECE_BYTES, bytes - at));
    seen?.(chunk);
    await write(chunk);
  }
}

async function writing(file: string, work: (write: Writable) => Promise<void>): Promise<string> {
  const handle = await open(file, 'w');
  try {
    await work((chunk) => handle.writeFile(chunk));
  } finally {
    await handle.close();
  }
  return file;
}

/** @returns the path; the YAML that describes it lies beside it */
export async function writeLargeSafetensors(folder: string, side: number): Promise<string> {
  const tensors = tensorsOf(side);
  let end = 0;
  const entries = tensors.map(({ name, shape, bytes }) => {
    const begin = end;
    end += bytes;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  await writeFile(path.join(folder, 'large-safetensors.yaml'), describe(side));
  return writing(path.join(folder, 'large-safetensors.safetensors'), async (write) => {
    await write(length);
    await write(header);
    for (const { bytes } of tensors) await fill(write, bytes);
  });
}

export async function writeLargeOnnx(folder: string, side: number): Promise<string> {
  const tensors = tensorsOf(side);
  const heads = tensors.map(({ name, shape, bytes }) => {
    const writer = new BinaryWriter();
    for (const size of shape) integer(writer, TENSOR.dims, size);
    integer(writer, TENSOR.dataType, DATA_TYPE.float);
    text(writer, TENSOR.name, name);
    writer.tag(TENSOR.rawData, WireType.LengthDelimited).uint32(bytes);
    return writer.finish();
  });
  const initializers = heads.map((head, i) => {
    const length = head.length + (tensors[i]?.bytes ?? 0);
    return new BinaryWriter()
      .tag(GRAPH.initializer, WireType.LengthDelimited)
      .uint32(length)
      .finish();
  });
  const rest = graphRest(tensors.map(({ name }) => name));
  const sizes = tensors.map(
    ({ bytes }, i) => bytes + (heads[i]?.length ?? 0) + (initializers[i]?.length ?? 0),
  );
  const graphBytes = sizes.reduce((sum, size) => sum + size, rest.length);
  const start = new BinaryWriter();
  integer(start, MODEL.irVersion, 8);
  start.tag(MODEL.graph, WireType.LengthDelimited).uint32(graphBytes);
  const end = new BinaryWriter();
  message(end, MODEL.opsetImport, () => {
    integer(end, OPSET.version, 17);
  });
  return writing(path.join(folder, 'large.onnx'), async (write) => {
    await write(start.finish());
    for (const [i, { bytes }] of tensors.entries()) {
      await write(initializers[i] ?? new Uint8Array());
      await write(heads[i] ?? new Uint8Array());
      await fill(write, bytes);
    }
    await write(rest);
    await write(end.finish());
  });
}

/** Nodes, input and output: images are flattened and go through one Gemm a weight. */
function graphRest(weights: readonly string[]): Uint8Array {
  const graph = new BinaryWriter();
  const node = (opType: string, inputs: string[], output: string, transB?: number) => {
    message(graph, GRAPH.node, () => {
      const attributes = transB === undefined ? {} : { transB };
      writeNode(graph, { opType, name: output, inputs, output, attributes });
    });
  };
  node('Flatten', ['images'], 'x0');
  weights.forEach((weight, i) => {
    node('Gemm', [`x${i}`, weight], i === weights.length - 1 ? 'logits' : `x${i + 1}`, 1);
  });
  message(graph, GRAPH.input, () => {
    writeValueInfo(graph, 'images', ['batch', 1, 28, 28]);
  });
  message(graph, GRAPH.output, () => {
    writeValueInfo(graph, 'logits', ['batch', CLASSES]);
  });
  return graph.finish();
}

/** As torch.save writes it, but for the alignment of its entries. */
export async function writeLargePytorch(folder: string, side: number): Promise<string> {
  const tensors = tensorsOf(side);
  await writeFile(path.join(folder, 'large-pytorch.yaml'), describe(side));
  return writing(path.join(folder, 'large-pytorch.pth'), async (write) => {
    const records: Buffer[] = [];
    let at = 0;
    const put: Writable = async (chunk) => {
      at += chunk.length;
      await write(chunk);
    };
    const entry = async (name: string, crc: number, bytes: number, data: () => Promise<void>) => {
      const offset = at;
      const fields = zipFields(crc, bytes, name);
      await put(Buffer.concat([Buffer.from('504b0304', 'hex'), fields, Buffer.from(name)]));
      await data();
      const tail = Buffer.alloc(14);
      tail.writeUInt32LE(offset, 10);
      const made = Buffer.from('504b01020000', 'hex');
      records.push(Buffer.concat([made, fields, tail, Buffer.from(name)]));
    };
    const pickle = pickleOf(tensors);
    await entry('large/data.pkl', crc32(pickle), pickle.length, () => put(pickle));
    for (const [i, { bytes }] of tensors.entries()) {
      let crc = 0;
      await fill(
        () => Promise.resolve(),
        bytes,
        (chunk) => (crc = crc32(chunk, crc)),
      );
      await entry(`large/data/${i}`, crc, bytes, () => fill(put, bytes));
    }
    const directory = Buffer.concat(records);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(records.length, 8);
    end.writeUInt16LE(records.length, 10);
    end.writeUInt32LE(directory.length, 12);
    end.writeUInt32LE(at, 16);
    await write(directory);
    await write(end);
  });
}

/** What the two records of an entry share, from the version on: stored, no flags, no time, no extra fields. */
function zipFields(crc: number, bytes: number, name: string): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt32LE(crc, 10);
  fields.writeUInt32LE(bytes, 14);
  fields.writeUInt32LE(bytes, 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
}

/** Protocol 2: { name: torch._utils._rebuild_tensor_v2((storage), 0, shape, strides, False, OrderedDict()) } */
function pickleOf(tensors: readonly LargeTensor[]): Buffer {
  const word = (value: string) => {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([Buffer.from('X'), length, bytes]);
  };
  const int = (value: number) => {
    const bytes = Buffer.alloc(5);
    bytes.write('J');
    bytes.writeInt32LE(value, 1);
    return bytes;
  };
  const global = (module: string, name: string) => Buffer.from(`c${module}\n${name}\n`);
  const pair = (a: number, b: number) => Buffer.concat([int(a), int(b), Buffer.from([0x86])]);
  const items = tensors.flatMap(({ name, shape, bytes }, i) => [
    word(name),
    global('torch._utils', '_rebuild_tensor_v2'),
    Buffer.from('(('),
    word('storage'),
    global('torch', 'FloatStorage'),
    word(String(i)),
    word('cpu'),
    int(bytes / 4),
    Buffer.from('tQ'),
    int(0),
    pair(...shape),
    pair(shape[1], 1),
    Buffer.from([0x89]),
    global('collections', 'OrderedDict'),
    Buffer.from(')RtR'),
  ]);
  return Buffer.concat([Buffer.from([0x80, 2]), Buffer.from('}('), ...items, Buffer.from('u.')]);
}

function describe(side: number): string {
  const linear = (inputs: number, out: number) =>
    `  - linear: { in: ${inputs}, out: ${out}, bias: false }\n`;
  return (
    'architecture:\n  - flatten\n' +
    linear(PIXELS, side) +
    linear(side, side) +
    linear(side, CLASSES) +
    'input: { height: 28, width: 28, channels: 1 }\n'
  );
}
