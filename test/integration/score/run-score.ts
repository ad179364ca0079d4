/** Runs the score command as main does, and keeps what it prints. */
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { scoreCommand } from '../../../src/cli/score.command';

export async function runScore(
  args: readonly string[],
  input?: string | Buffer,
): Promise<{ stdout: string; stderr: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const stdin = input === undefined ? undefined : Readable.from([Buffer.from(input)]);
  const printed = Promise.all([text(stdout), text(stderr)]);
  try {
    await scoreCommand({ stdout, stderr, isTty: false, ...(stdin && { stdin }) })
      .exitOverride()
      .parseAsync(args, { from: 'user' });
  } finally {
    stdout.end();
    stderr.end();
  }
  const [out, err] = await printed;
  return { stdout: out, stderr: err };
}
