/** The formats of checkpoints as people call them. */
import type { CheckpointFormat } from '../gql/graphql';

export const FORMAT_NAMES: Readonly<Record<CheckpointFormat, string>> = {
  ONNX: 'ONNX',
  PYTORCH_STATE_DICT: 'PyTorch state dict',
  SAFETENSORS: 'safetensors',
  TFJS_GRAPH: 'tfjs graph model',
  TFJS_LAYERS: 'tfjs layers model',
};
