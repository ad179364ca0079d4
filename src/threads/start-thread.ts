/** Starts a worker thread from compiled files and from TypeScript sources alike. */
import path from 'node:path';
import { type ResourceLimits, Worker } from 'node:worker_threads';

/** Sources need a loader in the thread too: hooks of the main thread don't reach it. */
const SOURCE_BOOTSTRAP =
  "const { workerData } = require('node:worker_threads');" +
  'require(workerData.loader); require(workerData.entry);';

/**
 * @param entry the path of the thread's first file, without extension
 * @param resourceLimits of the thread's JavaScript heap; typed arrays and models live outside of it. Default: Node's
 */
export function startThread(
  name: string,
  entry: string,
  resourceLimits: ResourceLimits = {},
): Worker {
  const extension = path.extname(__filename);
  const file = `${entry}${extension}`;
  if (extension !== '.ts') return new Worker(file, { name, resourceLimits });
  const loader = require.resolve('@swc-node/register');
  return new Worker(SOURCE_BOOTSTRAP, {
    eval: true,
    name,
    resourceLimits,
    workerData: { loader, entry: file },
  });
}
