/** A stored checkpoint as the `onnx` engine would give it to its runtime. */
import type { Checkpoint } from '../../src/checkpoints/checkpoint.entity';
import type { CheckpointService } from '../../src/checkpoints/checkpoint.service';
import { readTfjsLayers } from '../../src/checkpoints/formats/tfjs-layers';
import { writeOnnx } from '../../src/inference/onnx/write-onnx';

export async function onnxBytes(
  checkpoints: CheckpointService,
  checkpoint: Checkpoint,
): Promise<Uint8Array> {
  const files = await checkpoints.files(checkpoint);
  if (files.format !== 'onnx') return writeOnnx(readTfjsLayers(files));
  const [bytes] = files.files.values();
  if (!bytes) throw new Error('the ONNX checkpoint is empty');
  return bytes;
}
