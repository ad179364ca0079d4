/** A room that breaks says so, and the others stay reachable. */
import { Component, type ReactNode } from 'react';

interface Props {
  children: ReactNode;
}

export class FaultBoundary extends Component<Props, { fault?: Error }> {
  override state: { fault?: Error } = {};

  static getDerivedStateFromError(fault: Error) {
    return { fault };
  }

  override render() {
    const { fault } = this.state;
    if (fault === undefined) return this.props.children;
    return (
      <div className="problems" role="alert">
        <p>
          <code>PAGE_FAULT</code> This room can not be shown: {fault.message}. Reload the page; if
          it stays so, please tell the maintainers.
        </p>
      </div>
    );
  }
}
