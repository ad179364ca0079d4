/** The weights of a tfjs layers model by name, and their turning into PyTorch's layout. */
import type { ImageShape } from '../../datasets/dataset';
import { checkpointInvalid, itemized, listed, quoted } from './checkpoint-invalid';
import type { Tensor } from './sequential-model';
import type { WeightGroup } from './tfjs-manifest';

/** Hands out weights by name and remembers everything that is wrong, so that it is all told at once. */
export class WeightTable {
  private readonly tensors = new Map<string, Tensor>();
  private readonly taken = new Set<string>();
  private readonly problems: string[] = [];

  /**
   * @param files undefined: names and shapes alone are looked at, and no weight has values
   * @throws UserError CHECKPOINT_INVALID, TFJS_WEIGHTS_LENGTH where files and manifest do not fit together
   */
  constructor(groups: readonly WeightGroup[], files: ReadonlyMap<string, Uint8Array> | undefined) {
    for (const group of groups) {
      const values = files === undefined ? new Float32Array() : valuesOf(group, files);
      this.addGroup(group, values);
    }
  }

  /** The weight in its stored layout; where it is missing or wrongly shaped, one without values until throwIfWrong. */
  take(name: string, shape: readonly number[]): Tensor {
    const tensor = this.tensors.get(name);
    if (this.taken.has(name)) {
      this.problems.push(`${quoted(name)} is used by two layers of one name`);
    } else if (tensor === undefined) {
      this.problems.push(`${quoted(name)} is missing`);
    } else if (tensor.shape.join() !== shape.join()) {
      this.problems.push(
        `${quoted(name)} has the shape [${tensor.shape.join(', ')}], not [${shape.join(', ')}]`,
      );
    } else {
      this.taken.add(name);
      return tensor;
    }
    this.taken.add(name);
    return { shape, data: new Float32Array() };
  }

  /** @throws UserError CHECKPOINT_INVALID with every weight that is missing, wrongly shaped or left over */
  throwIfWrong(): void {
    const left = [...this.tensors.keys()].filter((name) => !this.taken.has(name));
    const problems = [...this.problems, ...left.map((name) => `${quoted(name)} is not expected`)];
    if (problems.length === 0) return;
    throw checkpointInvalid(`its weights do not fit its layers: ${listed(problems)}`, {
      details: { weights: itemized(problems) },
    });
  }

  private addGroup(group: WeightGroup, values: Float32Array): void {
    let start = 0;
    for (const { name, shape, elementCount } of group.weights) {
      if (this.tensors.has(name))
        throw checkpointInvalid(`the weight ${quoted(name)} is given twice`);
      this.tensors.set(name, { shape, data: values.subarray(start, start + elementCount) });
      start += elementCount;
    }
  }
}

function valuesOf(group: WeightGroup, files: ReadonlyMap<string, Uint8Array>): Float32Array {
  const shards = group.paths.map((path) => files.get(path) ?? new Uint8Array());
  const bytes = shards.reduce((sum, shard) => sum + shard.byteLength, 0);
  if (bytes !== group.byteLength) {
    throw checkpointInvalid('its weight files do not hold what the manifest says', {
      code: 'TFJS_WEIGHTS_LENGTH',
    });
  }
  const joined = new Uint8Array(bytes);
  let end = 0;
  for (const shard of shards) {
    joined.set(shard, end);
    end += shard.byteLength;
  }
  // Little-endian by definition of the format, as are all platforms that Node runs on but s390x.
  return new Float32Array(joined.buffer);
}

/** [height, width, in, out] → [out, in, height, width]. */
export function kernelToOihw({ shape, data }: Tensor): Tensor {
  const [height = 0, width = 0, inputs = 0, outputs = 0] = shape;
  const turned = new Float32Array(data.length);
  const positions = height * width;
  let from = 0;
  // Without values, the sizes may be anything that a topology asks for.
  for (let position = 0; from < data.length; position++) {
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++) {
        turned[(o * inputs + i) * positions + position] = data[from++] as number;
      }
    }
  }
  return { shape: [outputs, inputs, height, width], data: turned };
}

/**
 * [in, out] → [out, in].
 *
 * @param image where the inputs are a flattened image: they are reordered from height-width-channels to
 *   channels-height-width
 */
export function denseToOutIn({ shape, data }: Tensor, image: ImageShape | undefined): Tensor {
  const [inputs = 0, outputs = 0] = shape;
  const turned = new Float32Array(data.length);
  const channels = image?.channels ?? 1;
  const positions = inputs / channels;
  for (let i = 0; i * outputs < data.length; i++) {
    const to = (i % channels) * positions + Math.floor(i / channels);
    for (let o = 0; o < outputs; o++) turned[o * inputs + to] = data[i * outputs + o] as number;
  }
  return { shape: [outputs, inputs], data: turned };
}
