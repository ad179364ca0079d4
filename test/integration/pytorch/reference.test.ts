/** The reference checkpoint: the weights of its .pth are those of its .onnx, and are read quickly. */
import { readFileSync } from 'node:fs';
import { GRAPH, MODEL, TENSOR } from '../../../src/checkpoints/formats/onnx/onnx-schema';
import { eachField, FieldBudget } from '../../../src/checkpoints/formats/onnx/protobuf-fields';
import { readPytorchStateDict } from '../../../src/checkpoints/formats/pytorch/read-pytorch';
import { itWithReference, referenceFile } from '../../support/reference';

const MAX_MS = 50;

/** The float32 initializers of an ONNX file by name, as raw bytes. */
function onnxInitializers(file: Uint8Array): Map<string, Buffer> {
  const budget = new FieldBudget();
  const found = new Map<string, Buffer>();
  eachField(file, budget, (model) => {
    if (model.number !== MODEL.graph) return;
    eachField(model.bytes(), budget, (graph) => {
      if (graph.number !== GRAPH.initializer) return;
      let name = '';
      let data: Uint8Array = Buffer.alloc(0);
      eachField(graph.bytes(), budget, (tensor) => {
        if (tensor.number === TENSOR.name) name = tensor.string();
        if (tensor.number === TENSOR.rawData) data = tensor.bytes();
      });
      found.set(name, Buffer.from(data));
    });
  });
  return found;
}

itWithReference('every weight of the .pth equals the initializer of the .onnx bit by bit', () => {
  const stateDict = readPytorchStateDict(readFileSync(referenceFile('fashion-cnn.pth')));
  const initializers = onnxInitializers(readFileSync(referenceFile('fashion-cnn.onnx')));
  expect([...stateDict].map(([name, { shape }]) => `${name} ${shape.join('x')}`)).toEqual([
    'model.0.weight 8x1x3x3',
    'model.0.bias 8',
    'model.2.weight 16x8x3x3',
    'model.2.bias 16',
    'model.7.weight 256x3136',
    'model.7.bias 256',
    'model.10.weight 10x256',
    'model.10.bias 10',
  ]);
  for (const [name, { values }] of stateDict) {
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    expect({ name, equal: initializers.get(name)?.equals(bytes) }).toEqual({ name, equal: true });
  }
});

itWithReference(`the 3.2 MB of the .pth are read within ${MAX_MS} ms`, () => {
  const bytes = readFileSync(referenceFile('fashion-cnn.pth'));
  const times = Array.from({ length: 5 }, () => {
    const started = performance.now();
    readPytorchStateDict(bytes);
    return performance.now() - started;
  }).toSorted((a, b) => a - b);
  // The quickest: what the machine does beside it is not what is measured.
  expect(times[0]).toBeLessThan(MAX_MS);
});
