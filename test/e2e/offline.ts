/** Loaded before the program under test: no name but this machine's own leads anywhere. */
import dns from 'node:dns';

type Callback = (error: NodeJS.ErrnoException) => void;

const { lookup } = dns;

function offline(name: string, options: unknown, callback?: Callback): void {
  if (['localhost', '127.0.0.1', '::1', '0.0.0.0'].includes(name)) {
    (lookup as (name: string, options: unknown, callback?: Callback) => void)(
      name,
      options,
      callback,
    );
    return;
  }
  const answer = callback ?? (options as Callback);
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
  setImmediate(answer, error);
}

Object.assign(dns, { lookup: offline });
