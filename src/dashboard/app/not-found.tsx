import { Link } from '../router/link';
import { PageHead } from '../ui/page-head';

export function NotFound() {
  return (
    <>
      <PageHead title="Nothing here" />
      <p>
        No room has this address. The <Link to="/">overview</Link> leads to all of them.
      </p>
    </>
  );
}
