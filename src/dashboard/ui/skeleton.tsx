/** What stands in a room's place while it loads, at the height that it will have. */

interface SkeletonProps {
  /** In rows of a table. */
  rows?: number;
}

export function Skeleton({ rows = 4 }: SkeletonProps) {
  return (
    <div className="skeleton" role="status">
      <span className="hidden">Loading</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="skeleton-row" aria-hidden="true" />
      ))}
    </div>
  );
}
