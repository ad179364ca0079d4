/** A service that other machines can reach: it does not start without a token, and asks everybody for one. */
import { eventually } from '../support/eventually';
import { GraphQLClient } from '../support/graphql-client';
import { assay, AssayProcess, freshDataFolder, postgresOf } from './assay-process';

jest.setTimeout(150_000);

const ON_ALL = { HOST: '0.0.0.0', ASSAY_LOG_LEVEL: 'trace' };
const ME = '{ me { name role } }';

async function create(dataPath: string, role: string) {
  const args = ['token', 'create', '--name', 'mine', '--role', role, '--json'];
  const { code, stdout, stderr } = await assay(args, dataPath);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as { id: string; token: string };
}

it('refuses to start while no token is good, says what to do, and then serves its holders', async () => {
  const dataPath = await freshDataFolder();
  const refused = await assay(['serve'], dataPath, ON_ALL);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('AUTH_TOKEN_REQUIRED: ');
  expect(refused.stderr).toContain('assay token create');
  expect(refused.stdout).not.toContain('GraphQL answers');
  expect(postgresOf(dataPath)).toBeUndefined();

  const revoked = await create(dataPath, 'admin');
  expect((await assay(['token', 'revoke', revoked.id], dataPath)).code).toBe(0);
  expect((await assay(['serve'], dataPath, ON_ALL)).code).toBe(2);

  const { token, id } = await create(dataPath, 'viewer');
  const service = new AssayProcess(['serve'], dataPath, ON_ALL);
  const url = (await service.address()).replace('localhost', '127.0.0.1');
  expect((await new GraphQLClient(url).send(ME)).status).toBe(401);
  const client = new GraphQLClient(url, token);
  expect(await client.field('me', ME)).toEqual({ name: 'mine', role: 'VIEWER' });
  expect(await client.results()).toHaveLength(1);
  expect((await new GraphQLClient(url, revoked.token).send(ME)).status).toBe(401);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);

  // From another terminal, while the service runs.
  expect((await assay(['token', 'revoke', id], dataPath)).code).toBe(0);
  expect((await client.send(ME)).status).toBe(401);
  await eventually('the log', () => service.stderr.includes('"reason":"revoked"'));

  service.signal('SIGTERM');
  const ended = await service.ended;
  expect(ended.code).toBe(0);
  expect(ended.stderr).toMatch(/"remoteAddress":"127\.0\.0\.1".*"msg":"authentication failed"/);
  expect(ended.stdout + ended.stderr).not.toMatch(/assay_[A-Za-z0-9_-]{20}/);
});
