/** Steps through a connection; where one stands is in the address. */
import { setSearchParams, useSearch } from '../router/location';

interface PageVariables {
  first?: number;
  after?: string;
  last?: number;
  before?: string;
}

interface PageInfo {
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  startCursor?: string | null;
  endCursor?: string | null;
}

/** @returns the variables of the query for the page that the address names */
export function usePage(size: number): PageVariables {
  const search = useSearch();
  const before = search.get('before');
  const after = search.get('after');
  if (before !== null) return { last: size, before };
  return after === null ? { first: size } : { first: size, after };
}

export function Pager({ pageInfo, label }: { pageInfo: PageInfo; label: string }) {
  const search = useSearch();
  // A connection says of the other side only that there is one behind its cursor.
  const hasNewer = pageInfo.hasPreviousPage || search.has('after');
  const hasOlder = pageInfo.hasNextPage || search.has('before');
  if (!hasNewer && !hasOlder) return null;
  return (
    <nav className="pager" aria-label={label}>
      <button
        type="button"
        disabled={!hasNewer}
        onClick={() => {
          setSearchParams({ before: pageInfo.startCursor ?? undefined, after: undefined });
        }}
      >
        Newer
      </button>
      <button
        type="button"
        disabled={!hasOlder}
        onClick={() => {
          setSearchParams({ after: pageInfo.endCursor ?? undefined, before: undefined });
        }}
      >
        Older
      </button>
    </nav>
  );
}
