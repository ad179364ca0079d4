/** The frame around the rooms: navigation, the state of the connection, and the room of the address. */
import { Suspense, useEffect } from 'react';
import { connection } from '../client/connection';
import { useStore } from '../client/store';
import { access } from '../client/token';
import { usePathname } from '../router/location';
import { matchRoute, type Match } from '../router/routes';
import { Skeleton } from '../ui/skeleton';
import { FaultBoundary } from './fault-boundary';
import { Navigation } from './navigation';
import { NotFound } from './not-found';
import { ROOMS } from './rooms';
import { TokenForm } from './token-form';

export function App() {
  const pathname = usePathname();
  const match = matchRoute(pathname);
  const allowed = useStore(access);
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [pathname]);
  return (
    <>
      <Navigation current={match?.name} />
      <ConnectionNote />
      <main id="main" tabIndex={-1}>
        {allowed.state === 'token-needed' ? (
          <TokenForm problem={allowed.problem} />
        ) : (
          <FaultBoundary key={pathname}>
            <Suspense fallback={<Skeleton rows={8} />}>
              {match === undefined ? <NotFound /> : <Room match={match} />}
            </Suspense>
          </FaultBoundary>
        )}
      </main>
    </>
  );
}

function Room({ match }: { match: Match }) {
  const Chosen = ROOMS[match.name];
  return <Chosen id={match.params.id ?? ''} />;
}

function ConnectionNote() {
  const state = useStore(connection);
  return (
    <div className="connection" role="status">
      {state === 'offline' &&
        'The service does not answer. What you see may be old; it is asked again by itself.'}
    </div>
  );
}
