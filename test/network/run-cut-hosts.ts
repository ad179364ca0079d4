/** Within a network of its own: `cutHosts` in the given folder. Prints the report, as JSON. */
import 'reflect-metadata';
import { cutHosts } from './cut-hosts';
import { setStage, type Stage } from './stage';

async function main(): Promise<void> {
  let stage: Stage | undefined;
  try {
    stage = await setStage(process.argv[2] ?? '');
    process.stdout.write(`${JSON.stringify(await cutHosts(stage))}\n`);
  } catch (error) {
    for (const { lastOutput } of stage?.processes ?? []) process.stderr.write(`${lastOutput}\n`);
    process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
    process.exitCode = 1;
  }
}

// The first process of its namespace: all others end with it.
void main().finally(() => process.exit());
