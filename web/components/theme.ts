/** Light, dark, or as the system says. The choice is kept in this browser. */
import { useEffect, useState } from '../html.ts';

export type Theme = 'system' | 'light' | 'dark';
export type Scheme = 'light' | 'dark';

const KEY = 'telltale.theme';
const listeners = new Set<() => void>();
const darkQuery = window.matchMedia('(prefers-color-scheme: dark)');

export function readTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export function setTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  applyTheme();
}

/** Puts the kept choice on the page; called first of all. */
export function applyTheme(): void {
  const theme = readTheme();
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const listener of [...listeners]) listener();
}

function shownScheme(): Scheme {
  const theme = readTheme();
  if (theme !== 'system') return theme;
  return darkQuery.matches ? 'dark' : 'light';
}

/** The scheme that is shown; renders again when it changes. */
export function useScheme(): Scheme {
  const [scheme, setScheme] = useState(shownScheme);
  useEffect(() => {
    const update = () => setScheme(shownScheme());
    listeners.add(update);
    darkQuery.addEventListener('change', update);
    update();
    return () => {
      listeners.delete(update);
      darkQuery.removeEventListener('change', update);
    };
  }, []);
  return scheme;
}
