/** A process that uses the embedded PostgreSQL: says where it is in one line of JSON, then obeys lines of input. */
import { createInterface } from 'node:readline';
import { startEmbeddedPostgres } from '../../../src/database/embedded/embedded-postgres';

async function main(): Promise<void> {
  const began = performance.now();
  const server = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? '' });
  const startedInMs = Math.round(performance.now() - began);
  const { adopted, connection } = server;
  process.stdout.write(`${JSON.stringify({ adopted, connection, startedInMs })}\n`);
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'stop') await server.stop();
    if (line === 'stop' || line === 'forget') break;
  }
  process.stdin.destroy();
}

main().catch((error: unknown) => {
  const { code, message } = error as { code?: string; message: string };
  process.stdout.write(`${JSON.stringify({ code, message })}\n`);
  process.exitCode = 1;
});
