/** The way between the rooms. */
import { useEffect, useRef } from 'react';
import { Link } from '../router/link';
import { pathTo, type RouteName } from '../router/routes';
import { useStore } from '../client/store';
import { chooseTheme, type Theme, theme } from './theme';

const ROOMS: readonly { name: RouteName; label: string; also?: readonly RouteName[] }[] = [
  { name: 'overview', label: 'Overview' },
  { name: 'runs', label: 'Runs', also: ['newRun', 'run', 'result'] },
  { name: 'compare', label: 'Compare' },
  { name: 'checkpoints', label: 'Checkpoints', also: ['checkpoint'] },
  { name: 'datasets', label: 'Datasets', also: ['dataset'] },
  { name: 'workers', label: 'Workers' },
];

export function Navigation({ current }: { current: RouteName | undefined }) {
  const links = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone not all links fit side by side, and the one of this room may be out of sight.
    const here = links.current?.querySelector<HTMLElement>('.near');
    if (links.current && here) {
      links.current.scrollLeft =
        here.offsetLeft - links.current.offsetLeft - links.current.clientWidth / 2;
    }
  }, [current]);
  return (
    <header className="top">
      <a className="skip" href="#main">
        To the content
      </a>
      <Link to="/" className="brand">
        <svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
          <path d="M1 1h6v6H1zM9 9h6v6H9z" fill="currentColor" />
          <path d="M9 1h6v6H9zM1 9h6v6H1z" fill="currentColor" opacity=".3" />
        </svg>
        Assay
      </Link>
      <nav ref={links} aria-label="Rooms">
        {ROOMS.map(({ name, label, also = [] }) => {
          const here = current === name;
          const near = here || (current !== undefined && also.includes(current));
          return (
            <Link
              key={name}
              to={pathTo(name)}
              className={near ? 'near' : ''}
              aria-current={here ? 'page' : undefined}
            >
              {label}
            </Link>
          );
        })}
        <a href="/explorer">Explorer</a>
      </nav>
      <ThemeChoice />
    </header>
  );
}

function ThemeChoice() {
  const chosen = useStore(theme);
  return (
    <label className="theme">
      <span className="hidden">Theme</span>
      <select
        value={chosen}
        onChange={(event) => {
          chooseTheme(event.target.value as Theme);
        }}
      >
        <option value="system">Auto</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}
