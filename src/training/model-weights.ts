/** Takes a model's weights out, puts them back, and writes them as a tfjs layers model. */
import type { Sequential, Variable } from '@tensorflow/tfjs';
import type { TensorFlow } from '../inference/tfjs/runtime';

export const WEIGHTS_FILE = 'weights.bin';

/** The two files of a tfjs layers model. */
export interface LayersModelFiles {
  /** Content of model.json: topology and the manifest of the weights. */
  modelJson: string;
  /** Content of weights.bin: little-endian float32 values in the order of the manifest. */
  weights: Uint8Array;
}

/** All weights as the variables that an optimizer trains. */
export function variablesOf(tf: TensorFlow, model: Sequential): Variable[] {
  return model.trainableWeights
    .map((weight) => weight.read())
    .filter((value): value is Variable => value instanceof tf.Variable);
}

export async function copyWeights(model: Sequential): Promise<Float32Array[]> {
  return Promise.all(
    model.weights.map(async (weight) => Float32Array.from(await weight.read().data())),
  );
}

/** @param values as `copyWeights` gave them for a model of this network */
export function restoreWeights(tf: TensorFlow, model: Sequential, values: Float32Array[]): void {
  tf.tidy(() => {
    model.setWeights(
      model.weights.map((weight, position) =>
        tf.tensor(values[position] as Float32Array, weight.shape as number[]),
      ),
    );
  });
}

export async function modelFiles(tf: TensorFlow, model: Sequential): Promise<LayersModelFiles> {
  let files: LayersModelFiles | undefined;
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      const { modelTopology, weightSpecs, weightData, format, generatedBy } = artifacts;
      const manifest = [{ paths: [WEIGHTS_FILE], weights: weightSpecs }];
      files = {
        modelJson: `${JSON.stringify(
          { format, generatedBy, convertedBy: null, modelTopology, weightsManifest: manifest },
          undefined,
          2,
        )}\n`,
        weights: new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)),
      };
      return Promise.resolve({
        modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts),
      });
    }),
  );
  if (files === undefined) throw new TypeError('tfjs did not call the save handler');
  return files;
}
