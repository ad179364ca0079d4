/** What the fuzzer has found of messages: each is made, is short, and says how much more there is. */
import fc from 'fast-check';
import { checkTensors } from '../../src/checkpoints/architectures/bind-state-dict';
import { fashionCnnSize } from '../../src/checkpoints/architectures/fashion-cnn';
import { parseArchitecture } from '../../src/checkpoints/architectures/parse-architecture';
import { listed, quoted } from '../../src/checkpoints/formats/checkpoint-invalid';
import { contractOf } from '../../src/checkpoints/formats/onnx/onnx-contract';
import { readOnnx } from '../../src/checkpoints/formats/onnx/read-onnx';
import { readTfjsGraph } from '../../src/checkpoints/formats/tfjs-graph';
import { readTfjsLayersIndex } from '../../src/checkpoints/formats/tfjs-layers';
import { parseModelJson } from '../../src/checkpoints/formats/tfjs-manifest';
import { parseTopology } from '../../src/checkpoints/formats/tfjs-topology';
import { UserError } from '../../src/errors';
import { graphCheckpoint } from '../unit/inference-tfjs/graph-models';
import { onnxFile } from '../unit/inference/support/onnx-file';
import { thrownBy } from '../unit/inference/support/thrown-by';

const INVALID = { code: 'CHECKPOINT_INVALID' };
/** As JSON can say them: Number() and String() call it, and throw a TypeError. */
const POISONED = { toString: 1 };
const DEEP: unknown = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);

describe('a message about a value of JSON', () => {
  const layers = (config: Record<string, unknown>, className: unknown = 'Dense') => ({
    class_name: 'Sequential',
    config: { layers: [{ class_name: className, config }] },
  });

  test.each([
    ['an activation', layers({ units: 3, activation: DEEP })],
    ['a shape', layers({ units: 3, batch_input_shape: DEEP })],
    ['a class', { class_name: DEEP }],
    ['a poisoned class', { class_name: POISONED }],
  ])('is short and is made, however deep %s is', (_, topology) => {
    const error = thrownBy(() => parseTopology(topology)) as Error;
    expect(error).toMatchObject(INVALID);
    expect(error.message.length).toBeLessThan(500);
  });

  test.each([[POISONED], [DEEP], [null], [7]])('is made where a manifest names no text', (name) => {
    const json = { modelTopology: {}, weightsManifest: [{ paths: [name], weights: [] }] };
    // JSON.stringify would exhaust the stack on the deep one.
    const text = JSON.stringify({ ...json, weightsManifest: 'HERE' }).replace(
      '"HERE"',
      name === DEEP
        ? `[{"paths":[${'['.repeat(50_000)}${']'.repeat(50_000)}],"weights":[]}]`
        : JSON.stringify(json.weightsManifest),
    );
    expect(thrownBy(() => parseModelJson(Buffer.from(text)))).toMatchObject({
      code: 'TFJS_PATH_FORBIDDEN',
    });
  });
});

describe('a message about as much as a file likes', () => {
  const long = '\u009b'.repeat(1_000);
  const many = <T>(make: (i: number) => T): T[] => Array.from({ length: 500 }, (_, i) => make(i));
  const layer = (config: object) => ({ class_name: 'Dense', config });
  const images = { batch_input_shape: [null, 2, 2, 1], activation: 'linear' };
  const sound = layer({ units: 3, name: 'first', ...images });
  const weights = many((i) => ({ name: `${long}${i}`, shape: [1], dtype: [long, long, long] }));
  const layers = (list: object[], manifest: object[] = []) =>
    Buffer.from(
      JSON.stringify({
        modelTopology: { class_name: 'Sequential', config: { layers: list } },
        weightsManifest: manifest,
      }),
    );
  const unknown = many((i) =>
    layer({ units: 3, name: `${long}${i}`, activation: new Array<string>(8).fill(long) }),
  );
  const extra = many((i) => ({ name: `${long}${i}`, shape: [1], dtype: 'float32' }));
  const operators = many((i) => ({ name: `n${i}`, op: `${long}${i}`, input: [], attr: {} }));

  test.each<[string, () => unknown]>([
    ['layers of a tfjs model', () => readTfjsLayersIndex(layers(unknown))],
    ['weights of a type', () => readTfjsLayersIndex(layers([sound], [{ paths: [], weights }]))],
    [
      'weights that nothing takes',
      () =>
        readTfjsLayersIndex(
          layers(
            [{ class_name: 'Flatten', config: images }, layer({ units: 3, name: 'd' })],
            [{ paths: [], weights: extra }],
          ),
        ),
    ],
    ['operators of a graph', () => readTfjsGraph(graphCheckpoint({ nodes: operators }))],
    [
      'inputs of an ONNX file',
      () =>
        contractOf(
          readOnnx(
            onnxFile({ inputs: Object.fromEntries(many((i) => [`${long}${i}`, ['n', 1, 2, 2]])) }),
          ),
        ),
    ],
    [
      'tensors that no layer has',
      () => {
        const tensors = new Map(many((i) => [`${long}${i}`, { shape: new Array(64).fill(9) }]));
        return checkTensors([], tensors);
      },
    ],
    [
      'fields that no layer has',
      () => {
        const fields = many((i) => `"${'\\u0080'.repeat(15)}${i}": 1`).join(', ');
        const yaml = Buffer.from(`architecture:\n  - relu\ninput: { ${fields} }\n`);
        return parseArchitecture(
          yaml,
          fashionCnnSize(() => undefined),
        );
      },
    ],
  ])('is short where it names the %s, and says how many more there are', (_, read) => {
    const error = thrownBy(read) as UserError;
    expect(error).toBeInstanceOf(UserError);
    expect(error.message.length).toBeLessThanOrEqual(2_000);
    expect(error.message).not.toContain('\u009b');
    // An ONNX file has its first inputs named, and their number said before.
    expect(error.message).toMatch(/and \d+ more|not 500/);
    expect(JSON.stringify(error.details).length).toBeLessThan(100_000);
  });

  test('quotes and lists stay within their bounds, whatever the text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 300 })), (texts) => {
        for (const text of texts) expect(quoted(text).length).toBeLessThanOrEqual(123);
        expect(listed(texts.map(quoted)).length).toBeLessThanOrEqual(1_500);
      }),
    );
    const million = '\u0000'.repeat(1_000_000);
    expect(quoted(million).length).toBeLessThanOrEqual(123);
    expect(listed([million, million, million, million]).length).toBeLessThanOrEqual(1_500);
    expect(listed([])).toBe('');
    expect(listed(['a', 'b'], ', ')).toBe('a, b');
    expect(listed(new Array<string>(22).fill('a'), ', ')).toMatch(/a, a, and 2 more$/);
  });
});
