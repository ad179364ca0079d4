/** A configuration whose only checkpoint root is a folder of the test's own. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../../src/config/project-root';
import { temporaryFolder } from '../support/temporary-folder';

/** @returns the folder of models, and the environment that names the configuration */
export async function testConfig(extra = ''): Promise<{ models: string; env: NodeJS.ProcessEnv }> {
  const folder = await temporaryFolder();
  const models = path.join(folder, 'models');
  await mkdir(models);
  const file = path.join(folder, 'config.yaml');
  const shipped = path.join(projectRoot(), 'checkpoints', 'fashion-cnn');
  await writeFile(
    file,
    `ckpt_path: ${JSON.stringify(shipped)}\ncheckpoint_roots: [models]\nthresholds: { accuracy: 0.7, macro_f1: 0.7 }\n${extra}`,
  );
  return { models, env: { ASSAY_CONFIG: file } };
}
