/** Takes the token out of what a client sends. */
import { Unauthenticated } from '../auth/unauthenticated';

/**
 * @param authorization the header's value, or what stands for it in connection_init
 * @returns undefined where none is given
 * @throws Unauthenticated where something else than one Bearer token is given
 */
export function bearerToken(authorization: unknown): string | undefined {
  if (authorization === undefined || authorization === null) return undefined;
  const text = typeof authorization === 'string' ? authorization : '';
  const token = /^Bearer +(\S+) *$/i.exec(text)?.[1];
  if (token === undefined) throw new Unauthenticated('malformed');
  return token;
}

/** Clients call it Authorization or authorization, as they call the header. */
export function connectionAuthorization(parameters: unknown): unknown {
  if (typeof parameters !== 'object' || parameters === null) return undefined;
  const found = Object.entries(parameters).filter(
    ([name]) => name.toLowerCase() === 'authorization',
  );
  // Two of them leave open which one is meant.
  return found.length > 1 ? found : found[0]?.[1];
}
