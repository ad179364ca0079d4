/** Runs a command as main does, and keeps what it prints. */
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runCommand } from '../../../src/cli/program';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

export async function runAssay(...args: string[]): Promise<Ran> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const printed = Promise.all([text(stdout), text(stderr)]);
  const code = await runCommand(['node', 'assay', ...args], { stdout, stderr, isTty: false });
  stdout.end();
  stderr.end();
  const [out, err] = await printed;
  return { code, stdout: out, stderr: err };
}

/** The JSON that a command printed; what it said instead is in the message. */
export function jsonOf({ code, stdout, stderr }: Ran): unknown {
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return JSON.parse(stdout);
}
