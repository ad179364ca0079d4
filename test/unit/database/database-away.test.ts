/** Only what passes by itself is waited for: a mistake in a statement must not be tried for ever. */
import { QueryFailedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { isDatabaseAway } from '../../../src/database/database-away';
import { persistently } from '../../../src/database/persistently';

const withCode = (code: string) => Object.assign(new Error('no'), { code });
const failed = (code: string) => new QueryFailedError('SELECT 1', [], withCode(code));

it.each([
  ['a refused connection', withCode('ECONNREFUSED')],
  ['both addresses of a name refused', new AggregateError([withCode('ECONNREFUSED')])],
  ['a server that shuts down', failed('57P01')],
  ['a server that starts', failed('57P03')],
  ['too many connections', failed('53300')],
  ['a deadlock', failed('40P01')],
  ['a cut connection', new Error('Connection terminated unexpectedly')],
  ['a transaction whose connection broke', new QueryRunnerProviderAlreadyReleasedError()],
  ['a cause that says so', new Error('outer', { cause: withCode('ECONNRESET') })],
])('%s passes', (_, error) => {
  expect(isDatabaseAway(error)).toBe(true);
});

it.each([
  ['a broken statement', failed('42601')],
  ['a unique key', failed('23505')],
  ['a wrong password', failed('28P01')],
  ['a bug', new TypeError('undefined is not a function')],
  ['no error', 'ECONNREFUSED'],
])('%s does not', (_, error) => {
  expect(isDatabaseAway(error)).toBe(false);
});

describe('persistently', () => {
  it('goes on until the database answers', async () => {
    let tries = 0;
    const answer = await persistently(() => {
      tries += 1;
      return tries < 3 ? Promise.reject(withCode('ECONNREFUSED')) : Promise.resolve('here');
    });
    expect([answer, tries]).toEqual(['here', 3]);
  });

  it('throws what does not pass, and what it met last when it is stopped', async () => {
    await expect(persistently(() => Promise.reject(failed('23505')))).rejects.toThrow('no');
    const stop = new AbortController();
    setTimeout(() => {
      stop.abort();
    }, 20);
    const waiting = persistently(() => Promise.reject(withCode('ECONNREFUSED')), stop.signal);
    await expect(waiting).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
