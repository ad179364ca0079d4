/** What a query has brought: its data, however old, before its error, before the wait for both. */
import { type ReactNode, useState } from 'react';
import type { UseQueryState } from 'urql';
import { Problems } from './problems';
import { Skeleton } from './skeleton';

interface LoadedProps<T> {
  query: Pick<UseQueryState<T>, 'data' | 'error'>;
  /** Of the skeleton. */
  rows?: number;
  /** Above the wait and the error, where the children bring their own. */
  head?: ReactNode;
  children: (data: T) => ReactNode;
}

export function Loaded<T>({ query, rows, head, children }: LoadedProps<T>) {
  const { error } = query;
  const [last, setLast] = useState(query.data);
  if (query.data !== undefined && query.data !== last) setLast(query.data);
  // While the service is gone, what it said stays; where it refuses, what it said before may be of something else.
  const data = query.data ?? (error?.networkError ? last : undefined);
  return (
    <>
      {data === undefined && head}
      {error !== undefined && <Problems error={error} />}
      {data !== undefined && children(data)}
      {data === undefined && error === undefined && (
        <Skeleton {...(rows !== undefined && { rows })} />
      )}
    </>
  );
}
