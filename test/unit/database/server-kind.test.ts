/** What servers say of themselves, as they say it. */
import { kindOf, refuseWithoutQueue } from '../../../src/database/server-kind';

it.each([
  [
    'postgresql',
    'PostgreSQL 18.4 on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit',
    false,
  ],
  [
    'greenplum',
    'PostgreSQL 12.12 (Greenplum Database 7.0.0 build commit:0a7a3566873325aca1789ae6f818c80f17a9402d) on x86_64-pc-linux-gnu, compiled by gcc (GCC) 8.5.0 20210514 (Red Hat 8.5.0-18), 64-bit compiled on Sep 20 2023 23:21:05 Bhuvnesh C.',
    false,
  ],
  ['citus', 'PostgreSQL 16.6 (Debian 16.6-1.pgdg120+1) on x86_64-pc-linux-gnu', true],
])('%s', (kind, version, citus) => {
  expect(kindOf({ version, citus })).toBe(kind);
});

it('a service is refused on Greenplum alone, which has no queue', async () => {
  const saying = (version: string, citus: boolean) => ({
    query: () => Promise.resolve([{ version, citus }]),
  });
  await expect(
    refuseWithoutQueue(saying('PostgreSQL 12.12 (Greenplum Database 7.4.0 build', false)),
  ).rejects.toMatchObject({ code: 'DATABASE_WITHOUT_QUEUE' });
  await refuseWithoutQueue(saying('PostgreSQL 16.6 on x86_64', true));
});
