/** The page's addresses. The service serves the page at each of them (PAGE_PATHS). */

export const ROUTES = {
  overview: '/',
  runs: '/runs',
  newRun: '/runs/new',
  run: '/runs/:id',
  result: '/results/:id',
  compare: '/compare',
  checkpoints: '/checkpoints',
  checkpoint: '/checkpoints/:id',
  datasets: '/datasets',
  dataset: '/datasets/:id',
  workers: '/workers',
} as const;

export type RouteName = keyof typeof ROUTES;

export interface Match {
  name: RouteName;
  params: Readonly<Record<string, string>>;
}

/** @returns undefined where no room has the address; of two that fit, the one without a parameter wins */
export function matchRoute(pathname: string): Match | undefined {
  const parts = partsOf(pathname);
  const matches = (Object.keys(ROUTES) as RouteName[]).flatMap((name) => {
    const params = matchParts(partsOf(ROUTES[name]), parts);
    return params === undefined ? [] : [{ name, params }];
  });
  return matches.find(({ params }) => Object.keys(params).length === 0) ?? matches[0];
}

/** The address of a room; `search` holds the state of its view, and what is undefined or empty is left out. */
export function pathTo(
  name: RouteName,
  params: Readonly<Record<string, string>> = {},
  search: Readonly<Record<string, string | undefined>> = {},
): string {
  const pathname = ROUTES[name].replace(/:(\w+)/g, (_all, key: string) => {
    const value = params[key];
    if (value === undefined) throw new Error(`the address of ${name} needs ${key}`);
    return encodeURIComponent(value);
  });
  const given = Object.entries(search).filter((entry): entry is [string, string] =>
    Boolean(entry[1]),
  );
  return given.length === 0 ? pathname : `${pathname}?${new URLSearchParams(given).toString()}`;
}

function matchParts(
  pattern: readonly string[],
  parts: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const actual = parts[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = actual;
    else if (part !== actual) return undefined;
  }
  return params;
}

function partsOf(pathname: string): string[] {
  return pathname
    .split('/')
    .filter((part) => part !== '')
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
}
