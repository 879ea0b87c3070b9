/**
 * Lists, a page at a time, by key and not by offset: rows that come or go between two pages neither repeat nor hide
 * others. A cursor is the sort value and ID of the last row, opaque to clients.
 */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { Refusal } from '../model/refusal.ts';

export interface PageRequest {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  /** A name of `sortable`, descending with a minus before it. */
  readonly sort?: string | undefined;
}

export interface Page<T> {
  readonly data: T[];
  readonly next_cursor: string | null;
}

type SortValue = string | number;

/** What a repository's query must use to fetch one page. */
export interface PageClause {
  /** To be selected as `sort_value`. */
  readonly sortValue: SQL<SortValue>;
  /** Rows after the cursor; undefined on the first page. */
  readonly after: SQL | undefined;
  readonly orderBy: SQL[];
  readonly limit: number;
}

export interface PageOptions<T> {
  readonly request: PageRequest;
  /** Expressions that are never null, by the names clients may use. */
  readonly sortable: Readonly<Record<string, SQLWrapper>>;
  readonly defaultSort: string;
  /** Breaks ties, unique. */
  readonly id: SQLWrapper;
  readonly fetch: (clause: PageClause) => (T & { id: number; sort_value: SortValue })[];
}

const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 1000;

/** @throws Refusal for an unknown sort name or a cursor that is not ours */
export function readPage<T>(options: PageOptions<T>): Page<Omit<T, 'sort_value'>> {
  const requested = options.request.sort ?? options.defaultSort;
  const descending = requested.startsWith('-');
  const name = descending ? requested.slice(1) : requested;
  const expression = Object.hasOwn(options.sortable, name) ? options.sortable[name] : undefined;
  if (!expression) {
    throw Refusal.invalid(
      'sort',
      `must be one of ${Object.keys(options.sortable).join(', ')}, descending with a - before it`,
    );
  }
  const limit = Math.min(options.request.limit ?? DEFAULT_LIMIT, MAX_LIMIT);
  const last = options.request.cursor === undefined ? undefined : parseCursor(options.request.cursor, requested);
  const sortValue = sql<SortValue>`${expression}`;
  const [direction, beyond] = descending ? [sql`DESC`, sql`<`] : [sql`ASC`, sql`>`];
  const after =
    last &&
    sql`(${expression} ${beyond} ${last.value} OR (${expression} = ${last.value} AND ${options.id} ${beyond} ${last.id}))`;
  const rows = options.fetch({
    sortValue,
    after,
    orderBy: [sql`${expression} ${direction}`, sql`${options.id} ${direction}`],
    limit: limit + 1,
  });
  const data = rows.slice(0, limit);
  const end = data.at(-1);
  const next_cursor = rows.length > limit && end ? makeCursor(requested, end.sort_value, end.id) : null;
  return { data: data.map(({ sort_value: _, ...row }) => row as unknown as Omit<T, 'sort_value'>), next_cursor };
}

/** The same for a short list that is in memory, sorted already. */
export function pageOfArray<T>(items: readonly T[], request: PageRequest, keyOf: (item: T) => string): Page<T> {
  const limit = Math.min(request.limit ?? DEFAULT_LIMIT, MAX_LIMIT);
  let start = 0;
  if (request.cursor !== undefined) {
    const { value } = parseCursor(request.cursor, '');
    const index = items.findIndex((item) => keyOf(item) === value);
    if (index < 0) throw Refusal.invalid('cursor', 'is not one that a list has answered');
    start = index + 1;
  }
  const data = items.slice(start, start + limit);
  const end = data.at(-1);
  return { data, next_cursor: start + limit < items.length && end ? makeCursor('', keyOf(end), 0) : null };
}

function makeCursor(sort: string, value: SortValue, id: number): string {
  return Buffer.from(JSON.stringify([sort, value, id])).toString('base64url');
}

function parseCursor(cursor: string, sort: string): { value: SortValue; id: number } {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length === 3) {
      const [madeFor, value, id] = parts as unknown[];
      const isValue = typeof value === 'string' || typeof value === 'number';
      if (madeFor === sort && isValue && Number.isSafeInteger(id)) return { value, id: id as number };
    }
  } catch {
    // Not base64 of JSON: refused below, like any other foreign cursor.
  }
  throw Refusal.invalid('cursor', 'is not one that this list has answered with the same sort');
}
