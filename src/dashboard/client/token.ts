/** The token that the service asks for where the page is not opened on its own machine; gone with the tab. */
import { createStore } from './store';

const KEY = 'assay-token';

export type Access =
  | { state: 'open' }
  /** `problem` says why the token that was given is not taken. */
  | { state: 'token-needed'; problem?: string };

export const access = createStore<Access>({ state: 'open' });

export function currentToken(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined;
}

export function authorization(): Record<string, string> {
  const token = currentToken();
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** @param problem as the service says it */
export function askForToken(problem: string): void {
  const refused = currentToken() !== undefined;
  sessionStorage.removeItem(KEY);
  if (access.get().state === 'token-needed' && !refused) return;
  access.set({ state: 'token-needed', ...(refused && { problem }) });
}

export function giveToken(token: string): void {
  sessionStorage.setItem(KEY, token);
  access.set({ state: 'open' });
}
