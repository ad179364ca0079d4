/** Runs a tfjs graph model by the converter's own executor, from memory. */
import type { GraphModel, io, Tensor, Tensor4D } from '@tensorflow/tfjs';
import { checkpointInvalid, quoted } from '../../checkpoints/formats/checkpoint-invalid';
import type { LoadedTfjsGraph } from '../../checkpoints/formats/tfjs-graph';
import { AssayError, messageOf } from '../../errors';
import type { Layout } from '../image-batch';
import type { TensorFlow } from './runtime';
import type { TfjsRunner } from './tfjs-model';

type LoadedGraph = GraphModel<io.IOHandlerSync>;

export class GraphRunner implements TfjsRunner {
  private constructor(
    private readonly model: LoadedGraph,
    readonly layout: Layout,
  ) {}

  /**
   * The executor is given the parts that were checked and nothing else of the file: no function library, no
   * initializer, no metadata that names another signature.
   *
   * @throws UserError CHECKPOINT_INVALID
   */
  static load(tf: TensorFlow, graph: LoadedTfjsGraph): GraphRunner {
    const { nodes, input, output, weights, weightData, layout } = graph;
    const end = ({ name, dtype }: { name: string; dtype: string }) => ({ name, dtype });
    const load = (): LoadedGraph =>
      tf.loadGraphModelSync({
        load: () => ({
          modelTopology: { node: nodes, versions: { producer: 0, minConsumer: 0 } },
          signature: { inputs: { images: end(input) }, outputs: { scores: end(output) } },
          weightSpecs: weights.map(({ name, dtype, shape }) => ({
            name,
            dtype,
            shape: [...shape],
          })),
          weightData: weightData.buffer,
        }),
      });
    return refusing("tfjs can't build it", () => {
      const loaded: LoadedGraph[] = [];
      // Where it fails half-way, the tidy takes the weights along that are there already.
      tf.tidy(() => {
        const model = load();
        for (const tensors of Object.values(model.weights)) tensors.forEach(tf.keep);
        loaded.push(model);
      });
      const [model] = loaded;
      if (model === undefined) throw new TypeError('no model was loaded');
      return new GraphRunner(model, layout);
    });
  }

  run(batch: Tensor4D): Tensor {
    return refusing("tfjs can't run it", () => {
      const outputs = this.model.predict(batch);
      if ('dataId' in outputs) return outputs as Tensor;
      throw checkpointInvalid('it gives more than one output');
    });
  }

  dispose(): void {
    this.model.dispose();
  }
}

/** What the executor makes of a graph is unknown until it runs, so what it throws is the file's mistake. */
function refusing<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof AssayError) throw error;
    throw checkpointInvalid(`${what} (${quoted(messageOf(error))})`, { cause: error });
  }
}
