/** A room's heading; where the address leads to another room, focus and the window's title go there. */
import { type ReactNode, useEffect, useRef } from 'react';

interface PageHeadProps {
  title: string;
  /** A line under the title. */
  lead?: ReactNode;
  actions?: ReactNode;
}

/** False until the first room is shown: on arrival the browser's own order of focus holds. */
let hasArrived = false;

export function PageHead({ title, lead, actions }: PageHeadProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Assay`;
  }, [title]);
  useEffect(() => {
    if (hasArrived) heading.current?.focus({ preventScroll: true });
    hasArrived = true;
  }, []);
  return (
    <header className="page-head">
      <div>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead !== undefined && <p className="lead">{lead}</p>}
      </div>
      {actions !== undefined && <div className="page-actions">{actions}</div>}
    </header>
  );
}
