#!/usr/bin/env node
/** From the arguments to a command; what is thrown becomes a message and an exit code. */
import 'reflect-metadata';
import { runCommand } from './cli/program';

void runCommand(process.argv).then((exitCode) => {
  // Set, not exit(): what is still being written to a pipe would be cut off.
  process.exitCode = exitCode;
});
