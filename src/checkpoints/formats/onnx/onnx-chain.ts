/** An ONNX graph that is a plain chain of layers as a SequentialModel, to be written in another format. */
import { UserError } from '../../../errors';
import { checkpointInvalid, quoted } from '../checkpoint-invalid';
import { sequentialModel } from '../model-shapes';
import type { SequentialLayer, SequentialModel } from '../sequential-model';
import { contractOf } from './onnx-contract';
import { LAYER_OPERATORS, layerOfNode, type NodeWeights } from './onnx-layers';
import { type GraphParts, type NodeParts, readParts } from './onnx-parts';
import { DATA_TYPE } from './onnx-schema';
import { readOnnx } from './read-onnx';

/** How our own writer calls nodes: such a name says no more than the position. */
const OWN_NAME = /^\d+_[a-z]+$/;

/**
 * @throws UserError what readOnnx and contractOf throw, CHECKPOINT_INVALID; CONVERT_OPERATION_UNSUPPORTED naming the
 *   operator where the graph is more than a chain of layers that all formats have; CHECKPOINT_LAYERS_MISMATCH
 */
export function readOnnxChain(bytes: Uint8Array): SequentialModel {
  const contract = contractOf(readOnnx(bytes));
  if (contract.layout !== 'NCHW') {
    throw new UserError(
      'CONVERT_OPERATION_UNSUPPORTED',
      'The ONNX graph takes images with channels last, and only graphs with channels first can be converted.',
    );
  }
  const layers = layersOf(readParts(bytes), contract.inputName, contract.outputName);
  const model = sequentialModel(contract.inputShape, layers);
  if (model.classCount !== contract.classCount) {
    throw checkpointInvalid(
      `its layers give ${model.classCount} scores where its output says ${contract.classCount}`,
    );
  }
  return model;
}

function layersOf(graph: GraphParts, inputName: string, outputName: string): SequentialLayer[] {
  let value = inputName;
  const layers = graph.nodes.map((node, position) => {
    const [input, ...weightNames] = node.inputs;
    const [output = '', ...others] = node.outputs;
    if (input !== value) throw unsupported(node, position, 'it does not follow the one before it');
    if (others.some((name) => name !== '')) throw unsupported(node, position, 'it has two outputs');
    value = output;
    const weights = weightsOf(graph, node, position, weightNames);
    const layer = layerOfNode(node, weights);
    if (typeof layer === 'string') throw unsupported(node, position, layer);
    return layer;
  });
  if (value !== outputName) {
    throw checkpointInvalid(`its last node does not give the output ${quoted(outputName)}`);
  }
  return layers;
}

function weightsOf(
  graph: GraphParts,
  node: NodeParts,
  position: number,
  names: readonly string[],
): NodeWeights {
  const nameOf = (input: number): string => names[input - 1] ?? '';
  const [, first = ''] = /^(.+)\.weight$/.exec(nameOf(1)) ?? [];
  return {
    name: OWN_NAME.test(first) ? '' : first,
    has: (input) => nameOf(input) !== '',
    take: (input, rank) => {
      const weight = graph.weights.get(nameOf(input));
      if (weight === undefined) {
        throw unsupported(node, position, `its input ${input} is no weight of the file`);
      }
      const data = weight.dataType === DATA_TYPE.float ? weight.values() : undefined;
      if (data === undefined || weight.shape.length !== rank) {
        const found = `type ${weight.dataType}, ${weight.shape.length} dimensions`;
        throw unsupported(
          node,
          position,
          `its weight ${quoted(nameOf(input))} is no float32 tensor of ${rank} dimensions (${found})`,
        );
      }
      if (data.length === 0) {
        throw unsupported(node, position, `its weight ${quoted(nameOf(input))} has no values`);
      }
      return { shape: weight.shape, data };
    },
  };
}

function unsupported(node: NodeParts, position: number, reason: string): UserError {
  return new UserError(
    'CONVERT_OPERATION_UNSUPPORTED',
    `The ONNX graph can't be converted: node ${position} is the operator ${quoted(node.opType)} and ` +
      `${reason}. Supported is a chain of ${LAYER_OPERATORS.join(', ')} with their weights as initializers.`,
    { details: { node: position, operator: node.opType.slice(0, 64) } },
  );
}
