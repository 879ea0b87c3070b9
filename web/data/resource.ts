/** What pages read from the server. */
import { api } from '../api.ts';
import { useCallback, useEffect, useState } from '../html.ts';
import { onReconnect } from '../live.ts';
import { type Fetch, SharedAnswers } from './shared-answers.ts';

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

const answers = new SharedAnswers();
// While the server was away, messages were missed and requests failed.
onReconnect(() => answers.askAll());

/** Renews what is shown of the paths that begin so, at once; what is kept but not shown is forgotten. */
export const invalidate = (...prefixes: readonly string[]): void => answers.invalidate(prefixes);

/** Forgets everything: another person has logged in. */
export const forgetAll = (): void => answers.forgetAll();

/** Changes a kept answer in place of a request, e.g. from a live message. */
export const amend = <T>(path: string, change: (value: T) => T): void => answers.amend(path, change);

function useFetched<T>(path: string | undefined, fetchPath: Fetch<T>, refreshMs: number): Resource<T> {
  const [, setVersion] = useState(0);
  const reload = useCallback(() => {
    if (path !== undefined) answers.ask(path);
  }, [path]);

  useEffect(() => {
    if (path === undefined) return;
    return answers.watch(path, fetchPath, () => setVersion((version) => version + 1));
  }, [path, fetchPath]);

  useEffect(() => {
    if (path === undefined || refreshMs === 0) return;
    const timer = window.setInterval(() => {
      if (!document.hidden) reload();
    }, refreshMs);
    return () => window.clearInterval(timer);
  }, [path, refreshMs, reload]);

  const data = path === undefined ? undefined : (answers.answer(path) as T | undefined);
  const error = path === undefined ? undefined : answers.error(path);
  return { data, error, isLoading: path !== undefined && data === undefined && error === undefined, reload };
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
