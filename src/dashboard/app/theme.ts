/** Light, dark, or as the system has it. public/assets/theme.js applies the choice before the first paint. */
import { createStore } from '../client/store';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'assay-theme';

export const theme = createStore<Theme>(chosen());

export function chooseTheme(next: Theme): void {
  theme.set(next);
  const { dataset } = document.documentElement;
  if (next === 'system') delete dataset.theme;
  else dataset.theme = next;
  try {
    if (next === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // Storage is switched off: the choice holds until the page is left.
  }
}

function chosen(): Theme {
  const found = document.documentElement.dataset.theme;
  return found === 'light' || found === 'dark' ? found : 'system';
}
