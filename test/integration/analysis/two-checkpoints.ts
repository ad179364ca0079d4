/** A service with results of two real checkpoints on the 10,000 real test images. */
import path from 'node:path';
import { mirrorFolder, referenceFolder } from '../../support/reference';
import { startTestService, type TestService } from '../../support/test-service';

export interface TwoCheckpoints extends TestService {
  datasetId: string;
  /** The run's and so the result's id: PyTorch's checkpoint, and the project's own. */
  reference: string;
  own: string;
  /** Where PyTorch's checkpoint lies. */
  torch: string;
  /** One more result of a checkpoint. */
  evaluate: (checkpoint: string, split?: string) => Promise<string>;
}

const OWN_CHECKPOINTS = path.resolve(__dirname, '../../../checkpoints');

export async function startWithTwoResults(): Promise<TwoCheckpoints> {
  const service = await startTestService({
    dataMirror: mirrorFolder,
    configure: (config) => {
      // Several blocks, the last one shorter: the parts must come together again.
      config.evaluation.shardSize = 3_000;
      config.checkpointRoots = [path.resolve(referenceFolder ?? ''), OWN_CHECKPOINTS];
    },
  });
  const { client, app } = service;
  const datasetId = (await app.services.datasets.register('fashion-mnist')).id;
  const evaluate = async (checkpoint: string, split = 'test'): Promise<string> => {
    const checkpointId = await client.register(checkpoint);
    const { id } = await client.runEvaluation({ checkpointId, datasetId, split });
    const { state } = await client.settled(id);
    if (state !== 'SUCCEEDED') throw new Error(`the run of ${checkpoint} is ${state}`);
    return id;
  };
  const torch = path.join(path.resolve(referenceFolder ?? ''), 'fashion-cnn.onnx');
  const reference = await evaluate(torch);
  const own = await evaluate(path.join(OWN_CHECKPOINTS, 'fashion-cnn'));
  return { ...service, datasetId, reference, own, torch, evaluate };
}
