/** Loaded before the program under test: no name but this machine's own leads anywhere. Addresses are no names. */
import dns from 'node:dns';
import { isIP } from 'node:net';

type Callback = (error: NodeJS.ErrnoException) => void;

const { lookup } = dns;

function offline(name: string, options: unknown, callback?: Callback): void {
  if (name === 'localhost' || isIP(name) !== 0) {
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
