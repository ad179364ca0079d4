/** `assay doctor`: looks at everything the service needs and says what to do. */
import { Command } from 'commander';
import { MIGRATIONS } from '../../migrations';
import { loadConfig } from '../config/load-config';
import { connectDatabase } from '../database/connect';
import { examine } from '../doctor/examine';
import type { Finding } from '../doctor/finding';
import { ENTITIES } from '../entities';
import { createRegistry } from '../services';
import { unbroken } from './interruptible';
import type { CommandIo } from './output/command-io';
import { findingLines, summaryLine } from './output/doctor-view';

const NOT_WELL = 1;

export function doctorCommand(io: CommandIo): Command {
  return new Command('doctor')
    .description(
      'look at configuration, database, data, engines and port, and say what to do; changes nothing and exits with 1 where something fails',
    )
    .option('--json', 'print all findings as one line of JSON')
    .action(({ json }: { json?: boolean }) => unbroken(() => run(io, json ?? false)));
}

async function run(io: CommandIo, json: boolean): Promise<void> {
  const findings: Finding[] = [];
  const all = examine({
    load: () => loadConfig(),
    connect: (loaded) => connectDatabase(loaded, { entities: ENTITIES, migrations: MIGRATIONS }),
    registryOf: (loaded) => createRegistry(loaded, () => undefined, undefined, []),
  });
  for await (const finding of all) {
    findings.push(finding);
    if (!json) io.stdout.write(findingLines(finding, io.isTty));
  }
  const isWell = findings.every(({ state }) => state !== 'failed');
  io.stdout.write(
    json ? `${JSON.stringify({ isWell, findings })}\n` : summaryLine(findings, io.isTty),
  );
  if (!isWell) process.exitCode = NOT_WELL;
}
