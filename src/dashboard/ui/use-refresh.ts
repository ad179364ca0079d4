/** Asks a query again and again while somebody looks. */
import { useEffect } from 'react';
import type { UseQueryExecute } from 'urql';

/** @param everyMs undefined: not at all */
export function useRefresh(ask: UseQueryExecute, everyMs: number | undefined): void {
  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const timer = window.setInterval(() => {
      if (!document.hidden) ask({ requestPolicy: 'network-only' });
    }, everyMs);
    return () => {
      window.clearInterval(timer);
    };
  }, [ask, everyMs]);
}
