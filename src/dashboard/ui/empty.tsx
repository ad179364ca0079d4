/** What stands where a list has nothing yet: why, and what to do. */
import type { ReactNode } from 'react';

export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <p>{children}</p>
      {action}
    </div>
  );
}
