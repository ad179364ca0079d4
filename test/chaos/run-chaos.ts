/**
 * Kills the API, workers, PostgreSQL and connections at random and checks that no run is lost or counted twice.
 *
 *   npm run chaos -- --kills N --seed S
 */
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { runChaos } from './chaos';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '20' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    },
  });
  const startedAt = Date.now();
  process.stdout.write(`seed ${values.seed}\n`);
  const report = await runChaos({
    kills: Number(values.kills),
    seed: Number(values.seed),
    log: (line) => process.stdout.write(`${line}\n`),
  });
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  process.stdout.write(`${JSON.stringify({ ...report, seconds }, null, 2)}\n`);
  if (report.broken.length > 0 || report.unexpectedEnds > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = 1;
});
