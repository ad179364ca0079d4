/** A link inside of the page: without a reload, yet a real link to open elsewhere and to copy. */
import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import { navigate } from './location';

type LinkProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href' | 'onClick'> & {
  /** As pathTo makes it. */
  to: string;
};

export function Link({ to, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    const elsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (event.button !== 0 || elsewhere || rest.target !== undefined) return;
    event.preventDefault();
    navigate(to);
  };
  return <a {...rest} href={to} onClick={follow} />;
}
