/**
 * What pages read from the server. Answers are kept by path, so that a page that was seen before shows at once and is
 * renewed behind; `invalidate` renews whatever a change has made old. Requests of a page that was left are cancelled.
 */
import { api } from '../api.ts';
import { useCallback, useEffect, useState } from '../html.ts';

interface Page<T> {
  readonly data: readonly T[];
  readonly next_cursor?: string | null;
}

export interface Resource<T> {
  /** The last good answer, also while a newer one is awaited or has failed. */
  readonly data: T | undefined;
  readonly error: Error | undefined;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

type Fetch<T> = (path: string, signal: AbortSignal) => Promise<T>;

const kept = new Map<string, unknown>();
/** What is on the screen, by path: told to ask again, or only that the kept answer changed. */
const watchers = new Map<string, Set<(isStale: boolean) => void>>();
const KEPT_LIMIT = 200;

/** Renews what is shown of the paths that begin so; what is kept but not shown is forgotten. */
export function invalidate(...prefixes: readonly string[]): void {
  for (const path of [...kept.keys()]) {
    if (prefixes.some((prefix) => path.startsWith(prefix)) && !watchers.has(path)) kept.delete(path);
  }
  for (const [path, set] of [...watchers]) {
    if (prefixes.some((prefix) => path.startsWith(prefix))) for (const watcher of [...set]) watcher(true);
  }
}

/** Forgets everything: another person has logged in. */
export function forgetAll(): void {
  kept.clear();
}

/** Changes a kept answer in place of a request, e.g. from a live message. */
export function amend<T>(path: string, change: (value: T) => T): void {
  const value = kept.get(path);
  if (value === undefined) return;
  kept.set(path, change(value as T));
  for (const watcher of [...(watchers.get(path) ?? [])]) watcher(false);
}

function useFetched<T>(path: string | undefined, fetchPath: Fetch<T>, refreshMs: number): Resource<T> {
  const [state, setState] = useState<{ path: string | undefined; error: Error | undefined; version: number }>({
    path,
    error: undefined,
    version: 0,
  });
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((value) => value + 1), []);

  // `round` is the reason to ask again.
  useEffect(() => {
    if (path === undefined) return;
    const abort = new AbortController();
    fetchPath(path, abort.signal).then(
      (value) => {
        keep(path, value);
        setState((old) => ({ path, error: undefined, version: old.version + 1 }));
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setState((old) => ({ path, error: error as Error, version: old.version + 1 }));
      },
    );
    return () => abort.abort();
  }, [path, round, fetchPath]);

  useEffect(() => {
    if (path === undefined) return;
    const watcher = (isStale: boolean) => {
      if (isStale) reload();
      else setState((old) => ({ ...old, version: old.version + 1 }));
    };
    const set = watchers.get(path) ?? new Set();
    watchers.set(path, set.add(watcher));
    return () => {
      set.delete(watcher);
      if (set.size === 0) watchers.delete(path);
    };
  }, [path, reload]);

  useEffect(() => {
    if (path === undefined || refreshMs === 0) return;
    const timer = window.setInterval(() => {
      if (!document.hidden) reload();
    }, refreshMs);
    return () => window.clearInterval(timer);
  }, [path, refreshMs, reload]);

  const data = path === undefined ? undefined : (kept.get(path) as T | undefined);
  const error = state.path === path ? state.error : undefined;
  return { data, error, isLoading: path !== undefined && data === undefined && error === undefined, reload };
}

function keep(path: string, value: unknown): void {
  kept.delete(path);
  kept.set(path, value);
  if (kept.size > KEPT_LIMIT) kept.delete(kept.keys().next().value!);
}

function fetchOne<T>(path: string, signal: AbortSignal): Promise<T> {
  return api.get<T>(path, { signal });
}

/** One answer. `undefined` as path asks nothing. `refreshMs` 0: only when told. */
export function useResource<T>(path: string | undefined, refreshMs = 0): Resource<T> {
  return useFetched<T>(path, fetchOne as Fetch<T>, refreshMs);
}

/** A whole list: follows `next_cursor` to the end. */
export function useList<T>(path: string | undefined, refreshMs = 0): Resource<readonly T[]> {
  return useFetched<readonly T[]>(path, fetchList as Fetch<readonly T[]>, refreshMs);
}

/** Reads a list to its end, at most `maxRows`. */
export async function fetchList<T>(path: string, signal?: AbortSignal, maxRows = 50_000): Promise<readonly T[]> {
  const rows: T[] = [];
  let cursor = '';
  do {
    const joint = path.includes('?') ? '&' : '?';
    const limit = /[?&]limit=/.test(path) ? '' : `${joint}limit=1000`;
    const next = cursor === '' ? '' : `${limit === '' ? joint : '&'}cursor=${encodeURIComponent(cursor)}`;
    const page = await api.get<Page<T>>(path + limit + next, signal ? { signal } : {});
    rows.push(...page.data);
    cursor = page.next_cursor ?? '';
    // A limit in the path means: only so many.
  } while (cursor !== '' && rows.length < maxRows && !/[?&]limit=/.test(path));
  return rows;
}
