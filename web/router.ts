/**
 * Addresses of the pages. The History API keeps them readable; the server answers every unknown path with the page.
 * Filters and time ranges live in the query part, so that a link shows what its sender saw.
 */
import { useEffect, useState } from './html.ts';

export interface Route<T> {
  /** `/devices/:id`; a segment that begins with a colon matches one path segment. */
  readonly pattern: string;
  readonly value: T;
}

export interface RouteMatch<T> {
  readonly value: T;
  readonly params: Readonly<Record<string, string>>;
}

/** The first route that fits the path. */
export function matchRoute<T>(routes: readonly Route<T>[], path: string): RouteMatch<T> | undefined {
  const parts = splitPath(path);
  for (const route of routes) {
    const wanted = splitPath(route.pattern);
    if (wanted.length !== parts.length) continue;
    const params: Record<string, string> = {};
    const fits = wanted.every((segment, index) => {
      const part = parts[index]!;
      if (!segment.startsWith(':')) return segment === part;
      params[segment.slice(1)] = part;
      return true;
    });
    if (fits) return { value: route.value, params };
  }
  return undefined;
}

function splitPath(path: string): string[] {
  return path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeSegment);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // a stray percent sign: compare it as it stands
  }
}

/** The address with some query parameters changed; an empty value removes one. */
export function withParams(search: string, changes: Readonly<Record<string, string | undefined>>): string {
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') params.delete(name);
    else params.set(name, value);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

type Listener = () => void;
const listeners = new Set<Listener>();

function announce(): void {
  for (const listener of [...listeners]) listener();
}

/** Goes to an address of ours. `replace` leaves no step in the browser's history. */
export function navigate(address: string, options: { readonly replace?: boolean } = {}): void {
  if (options.replace) history.replaceState(null, '', address);
  else {
    history.pushState(null, '', address);
    window.scrollTo(0, 0);
  }
  announce();
}

/** Path and query of the address bar; renders again when they change. */
export function useAddress(): { readonly path: string; readonly search: string } {
  const read = () => ({ path: location.pathname, search: location.search });
  const [address, setAddress] = useState(read);
  useEffect(() => {
    const update = () => setAddress(read());
    listeners.add(update);
    update();
    return () => void listeners.delete(update);
  }, []);
  return address;
}

/** One query parameter as state. */
export function useParam(name: string, fallback = ''): [string, (value: string) => void] {
  const { search } = useAddress();
  const value = new URLSearchParams(search).get(name) ?? fallback;
  const change = (next: string) => {
    const changed = withParams(location.search, { [name]: next === fallback ? '' : next });
    navigate(location.pathname + changed, { replace: true });
  };
  return [value, change];
}

/** Takes over clicks on our own links and the browser's back and forward. Called once. */
export function startRouter(): void {
  window.addEventListener('popstate', announce);
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link?.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.pathname.startsWith('/api/')) return;
    event.preventDefault();
    navigate(link.pathname + link.search + link.hash);
  });
}
