import { existsSync } from 'node:fs';
import path from 'node:path';
import { runProgram } from '../../../src/database/embedded/run-program';
import { temporaryFolder } from '../../support/temporary-folder';

/** Ends itself by the signal unless a run before this one did. */
const script = (signal: string) =>
  `if [ -e "$1" ]; then echo done; else : > "$1"; kill -s ${signal} $$; fi`;

async function run(signal: string) {
  const marker = path.join(await temporaryFolder(), 'began');
  const finished = await runProgram('/bin/sh', ['-c', script(signal), 'sh', marker]);
  expect(existsSync(marker)).toBe(true);
  return finished;
}

test.each(['INT', 'HUP', 'QUIT'])('begins again where a SIG%s came too early', async (signal) => {
  expect(await run(signal)).toMatchObject({ ok: true, output: 'done\n' });
});

test('is ended for good by what was meant for it', async () => {
  expect(await run('KILL')).toMatchObject({ ok: false, output: '' });
});
