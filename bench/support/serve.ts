/** `assay serve` of the build as a process of its own, for as long as it is measured. */
import { AssayProcess } from './assay-process';

/**
 * @param work is given its address
 * @param nodeOptions of Node's own, such as --cpu-prof
 */
export async function withServe(
  env: NodeJS.ProcessEnv,
  nodeOptions: readonly string[],
  work: (url: string) => Promise<void>,
): Promise<void> {
  const ready = /GraphQL answers at (http:\/\/[^/\s]+)\/graphql/;
  const { running, said } = await AssayProcess.start(['serve'], env, ready, nodeOptions);
  try {
    await work(said[1] ?? '');
  } finally {
    await running.stop();
  }
}
