/** A service with results of two real checkpoints on the 10,000 real test images. */
import path from 'node:path';
import type { AppConfig } from '../../../src/config/config';
import { mirrorFolder, referenceFolder } from '../../support/reference';
import { startTestService, type TestService } from '../../support/test-service';

export interface TwoCheckpoints extends TestService {
  /** The run's and so the result's id: PyTorch's checkpoint, and the project's own. */
  reference: string;
  own: string;
  /** Where PyTorch's checkpoint lies. */
  torch: string;
  /** One more result of a checkpoint. */
  evaluate: (checkpoint: string, datasetName?: string) => Promise<string>;
}

const OWN_CHECKPOINTS = path.resolve(__dirname, '../../../checkpoints');

export async function startWithTwoResults(
  configure: (config: AppConfig) => void = () => undefined,
): Promise<TwoCheckpoints> {
  const service = await startTestService({
    dataMirror: mirrorFolder,
    configure: (config) => {
      // Several blocks, the last one shorter: the parts must come together again.
      config.evaluation.shardSize = 3_000;
      config.checkpointRoots = [path.resolve(referenceFolder ?? ''), OWN_CHECKPOINTS];
      configure(config);
    },
  });
  const { client, app } = service;
  const evaluate = async (checkpoint: string, name = 'fashion-mnist'): Promise<string> => {
    const datasetId = (await app.services.datasets.register(name)).id;
    const checkpointId = await client.register(checkpoint);
    const { id } = await client.runEvaluation({ checkpointId, datasetId });
    const { state } = await client.settled(id);
    if (state !== 'SUCCEEDED') throw new Error(`the run of ${checkpoint} is ${state}`);
    return id;
  };
  const torch = path.join(path.resolve(referenceFolder ?? ''), 'fashion-cnn.onnx');
  const reference = await evaluate(torch);
  const own = await evaluate(path.join(OWN_CHECKPOINTS, 'fashion-cnn'));
  return { ...service, reference, own, torch, evaluate };
}
