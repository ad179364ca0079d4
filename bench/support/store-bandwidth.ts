/** How fast a service gives a split to workers, and what processor time that takes it. */
import { once } from 'node:events';
import http from 'node:http';
import { AssayProcess } from './assay-process';
import { cpuMsOf } from './processor-time';
import { splitPath } from '../../src/store/store-paths';

export interface StoreBandwidth {
  megabytesPerSecond: number;
  /** Processor time of the service for each. */
  cpuMsPerMegabyte: number;
}

/** @param digest of a split that the service has; @param fetches at a time and one after another */
export async function storeBandwidth(
  env: NodeJS.ProcessEnv,
  digest: string,
  { atOnce, times }: { atOnce: number; times: number },
): Promise<StoreBandwidth> {
  const { running, said } = await AssayProcess.start(
    ['serve', '--no-worker'],
    env,
    /Open (\S+)\/ in a browser/,
  );
  try {
    const address = `${said[1] ?? ''}${splitPath(digest)}`;
    // The first loads the split.
    await fetched(address);
    const startedAt = performance.now();
    const cpuMs = await cpuMsOf(running.pid);
    let bytes = 0;
    const line = async () => {
      for (let i = 0; i < times; i++) bytes += await fetched(address);
    };
    await Promise.all(Array.from({ length: atOnce }, line));
    const seconds = (performance.now() - startedAt) / 1000;
    const used = (await cpuMsOf(running.pid)) - cpuMs;
    return { megabytesPerSecond: bytes / 1e6 / seconds, cpuMsPerMegabyte: used / (bytes / 1e6) };
  } finally {
    await running.stop();
  }
}

async function fetched(address: string): Promise<number> {
  const request = http.get(address, { agent: false });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`the store answered ${response.statusCode}`);
  let bytes = 0;
  for await (const piece of response) bytes += (piece as Buffer).byteLength;
  return bytes;
}
