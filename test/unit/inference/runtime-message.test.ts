import { withoutPaths } from '../../../src/inference/onnx/runtime-message';

test.each([
  ['open "/home/ann/secret/model.onnx" failed', 'open "…" failed'],
  ['in C:\\Users\\ann\\model.onnx: bad', 'in …: bad'],
  ['/onnxruntime_src/core/graph.cc:123 Fail.\nMore\u001b[31m', '…:123 Fail. More [31m'],
])('%j becomes %j', (native, shown) => {
  expect(withoutPaths(new Error(native))).toBe(shown);
});

test('long texts are cut', () => {
  expect(withoutPaths('x'.repeat(10_000)).length).toBeLessThan(310);
});
