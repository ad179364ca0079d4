/**
 * Runs the tests on a PostgreSQL of another version than the embedded one.
 *
 *   npm run test:postgres -- 12                      # all of them
 *   npm run test:postgres -- 15 test/integration     # a part; what follows the version is jest's
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { projectRoot } from '../../src/config/project-root';
import { withPostgres } from './postgres-of-version';

async function main(): Promise<void> {
  const [version = '', ...rest] = process.argv.slice(2);
  // A Ctrl-C is jest's: it ends, and then the server does.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => undefined);
  process.exitCode = await withPostgres(version, async (url) => {
    const jest = spawn(
      process.execPath,
      [path.join('node_modules', 'jest', 'bin', 'jest.js'), ...rest],
      {
        cwd: projectRoot(),
        env: { ...process.env, ASSAY_TEST_DATABASE_URL: url },
        stdio: 'inherit',
      },
    );
    const [code] = (await once(jest, 'exit')) as [number | null];
    return code ?? 1;
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
