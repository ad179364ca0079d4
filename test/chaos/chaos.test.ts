/** A short round of `npm run chaos`: whatever is killed, each accepted run ends once, with the known counts. */
import { runChaos } from './chaos';

const KILLS = 20;

it(`${KILLS} kills of API, workers, PostgreSQL and connections lose and double nothing`, async () => {
  const report = await runChaos({ kills: KILLS, seed: 2, log: () => undefined });
  process.stdout.write(`${JSON.stringify(report)}\n`);
  expect(report.broken).toEqual([]);
  // What was not killed itself went on through all of it.
  expect(report).toMatchObject({ unexpectedEnds: 0, bugs: [] });
  expect(Object.values(report.kills).reduce((sum, kills) => sum + kills, 0)).toBe(KILLS);
  expect(report.states['SUCCEEDED'] ?? 0).toBeGreaterThan(report.runs / 2);
}, 400_000);
