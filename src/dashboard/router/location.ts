/** The browser's address as state: rooms read it and change it, and it alone says what is shown. */
import { useCallback, useSyncExternalStore } from 'react';

const CHANGED = 'assay:address';

function subscribe(listener: () => void): () => void {
  window.addEventListener('popstate', listener);
  window.addEventListener(CHANGED, listener);
  return () => {
    window.removeEventListener('popstate', listener);
    window.removeEventListener(CHANGED, listener);
  };
}

export function usePathname(): string {
  return useSyncExternalStore(subscribe, () => window.location.pathname);
}

export function useSearch(): URLSearchParams {
  return new URLSearchParams(useSyncExternalStore(subscribe, () => window.location.search));
}

/** @param replace keeps "back" from stepping through every change of a view's settings */
export function navigate(to: string, { replace = false } = {}): void {
  if (replace) window.history.replaceState(null, '', to);
  else window.history.pushState(null, '', to);
  window.dispatchEvent(new Event(CHANGED));
}

/**
 * One setting of the view, kept in the address under `name`.
 *
 * @param fallback what an address without it means; setting it takes it out of the address
 */
export function useSearchParam(
  name: string,
  fallback: string,
): [value: string, set: (value: string) => void] {
  const value = useSearch().get(name) ?? fallback;
  const set = useCallback(
    (next: string) => {
      setSearchParams({ [name]: next === fallback ? undefined : next });
    },
    [name, fallback],
  );
  return [value, set];
}

/** Changes several settings at once; undefined takes one out. */
export function setSearchParams(changes: Readonly<Record<string, string | undefined>>): void {
  const search = new URLSearchParams(window.location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) search.delete(name);
    else search.set(name, value);
  }
  const query = search.toString();
  navigate(`${window.location.pathname}${query === '' ? '' : `?${query}`}`, { replace: true });
}
