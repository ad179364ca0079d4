#!/usr/bin/env node
/** From the arguments to a command; what is thrown becomes a message and an exit code. */
import 'reflect-metadata';
import { runCommand } from './cli/program';

/** The reader of a pipe has left, or the terminal was closed. */
const READER_GONE = ['EPIPE', 'EIO'];

// `assay serve | head -1` must not end us in the middle, with a database server left behind.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!READER_GONE.includes(error.code ?? '')) throw error;
  });
}

void runCommand(process.argv).then((exitCode) => {
  // Set, not exit(): what is still being written to a pipe would be cut off.
  process.exitCode = exitCode;
});
