/** All commands, and how their errors end the process: 0 done, 1 a gate was missed, 2 an error. */
import { randomUUID } from 'node:crypto';
import { Command, CommanderError } from 'commander';
import { projectVersion } from '../config/project-root';
import { AssayError } from '../errors';
import type { CommandIo } from './output/command-io';
import { printable } from './output/printable';

const EXIT_ERROR = 2;

type CommandFactory = (io: CommandIo) => Command;

// Loaded when they are named: `assay score` need not wait for the database's and the server's code. By
// require, since a true import() would leave CommonJS and with it the names without endings.
/* eslint-disable @typescript-eslint/no-require-imports */
const COMMANDS: Record<string, () => CommandFactory> = {
  serve: () => (require('./serve.command') as typeof import('./serve.command')).serveCommand,
  worker: () => (require('./worker.command') as typeof import('./worker.command')).workerCommand,
  workers: () =>
    (require('./workers.command') as typeof import('./workers.command')).workersCommand,
  evaluate: () =>
    (require('./evaluate.command') as typeof import('./evaluate.command')).evaluateCommand,
  gate: () => (require('./gate.command') as typeof import('./gate.command')).gateCommand,
  compare: () =>
    (require('./compare.command') as typeof import('./compare.command')).compareCommand,
  results: () =>
    (require('./results.command') as typeof import('./results.command')).resultsCommand,
  train: () => (require('./train.command') as typeof import('./train.command')).trainCommand,
  score: () => (require('./score.command') as typeof import('./score.command')).scoreCommand,
  checkpoint: () =>
    (require('./checkpoint.command') as typeof import('./checkpoint.command')).checkpointCommand,
  token: () => (require('./token.command') as typeof import('./token.command')).tokenCommand,
  convert: () =>
    (require('./convert.command') as typeof import('./convert.command')).convertCommand,
  credentials: () =>
    (require('./credentials.command') as typeof import('./credentials.command')).credentialsCommand,
  data: () => (require('./data.command') as typeof import('./data.command')).dataCommand,
  migrate: () =>
    (require('./migrate.command') as typeof import('./migrate.command')).migrateCommand,
  migration: () =>
    (require('./migration.command') as typeof import('./migration.command')).migrationCommand,
  doctor: () => (require('./doctor.command') as typeof import('./doctor.command')).doctorCommand,
  schema: () => (require('./schema.command') as typeof import('./schema.command')).schemaCommand,
};
/* eslint-enable @typescript-eslint/no-require-imports */

/** @returns the exit code */
export async function runCommand(argv: readonly string[], io = processIo()): Promise<number> {
  try {
    const program = createProgram(argv, io);
    await program.parseAsync(argv);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_ERROR;
    io.stderr.write(`${messageFor(error)}\n`);
    return EXIT_ERROR;
  }
}

function createProgram(argv: readonly string[], io: CommandIo): Command {
  const named = argv[2];
  const wanted =
    named !== undefined && Object.hasOwn(COMMANDS, named) ? [named] : Object.keys(COMMANDS);
  const program = new Command('assay')
    .description('How good is this checkpoint, really, and is it better than the last one?')
    .version(projectVersion());
  for (const name of wanted) {
    const factory = COMMANDS[name];
    if (factory) program.addCommand(factory()(io));
  }
  inheritSettings(program, io);
  return program;
}

/** Commander's settings are not handed down to commands that were made on their own. */
function inheritSettings(command: Command, io: CommandIo): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => io.stdout.write(text),
    writeErr: (text) => io.stderr.write(text),
  });
  for (const child of command.commands) inheritSettings(child, io);
}

function processIo(): CommandIo {
  const { stdout, stderr } = process;
  return { stdout, stderr, isTty: stdout.isTTY && stderr.isTTY };
}

function messageFor(error: unknown): string {
  // Line breaks of our own messages stay; what a file's content could smuggle in does not.
  if (error instanceof AssayError) {
    const lines = error.message.split('\n').map(printable).join('\n');
    return `${error.code}: ${lines}`;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  return `internal error ${randomUUID()}: this is a bug in Assay; please report it with these lines\n${stack}`;
}
