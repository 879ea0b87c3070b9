/**
 * Fetches for templates through an SNMP session: `SnmpFetcher` for recognition and inspection, varbind by varbind, and
 * `fetchGroup`, which polling uses: straight into rows, without an object a varbind.
 */
import { isFailure, type SnmpFailure } from '../snmp/failure.ts';
import { type Answers, get, next } from '../snmp/get.ts';
import { encodeOid } from '../snmp/oid.ts';
import type { SnmpValue } from '../snmp/pdu.ts';
import { RowSelection } from '../snmp/row-selection.ts';
import type { SnmpSession } from '../snmp/session.ts';
import { readTable } from '../snmp/table.ts';
import type { Fetcher, FetchGroup, GroupData, Varbind } from '../templates/poll-plan.ts';

/** Carries a failure through code that fetches without knowing about networks. */
export class SnmpFetchError extends Error {
  override readonly name = 'SnmpFetchError';
  readonly failure: SnmpFailure;

  constructor(failure: SnmpFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

export class SnmpFetcher implements Fetcher {
  readonly #session: SnmpSession;

  constructor(session: SnmpSession) {
    this.#session = session;
  }

  /** @throws SnmpFetchError */
  async get(oids: readonly string[]): Promise<readonly Varbind[]> {
    const values = expectAnswer(await get(this.#session, oids.map(encodedOid)));
    return oids.map((oid, i) => varbind(oid, values[i] ?? null));
  }

  /** @throws SnmpFetchError */
  async next(oids: readonly string[]): Promise<readonly Varbind[]> {
    const found = expectAnswer(await next(this.#session, oids.map(encodedOid)));
    return oids.map((oid, i) => (found[i] === undefined ? varbind(oid, null) : varbind(found[i], '')));
  }

  /** @throws SnmpFetchError */
  async walk(columns: readonly string[], indexes?: readonly string[]): Promise<readonly Varbind[]> {
    const selection = indexes && indexes.length > 0 ? new RowSelection(indexes) : undefined;
    const table = expectAnswer(await readTable(this.#session, columns.join(), columns.map(encodeOid), selection));
    return [...table].flatMap(([index, cells]) =>
      cells.flatMap((cell, i) => (cell === undefined ? [] : [varbind(`${columns[i]}.${index}`, cell)])),
    );
  }
}

function expectAnswer<T extends object>(answer: T | SnmpFailure): T {
  if (isFailure(answer)) throw new SnmpFetchError(answer);
  return answer;
}

/** The precise integer type is gone by now; recognition looks at values only. */
function varbind(oid: string, value: SnmpValue): Varbind {
  const type = typeof value === 'number' ? 2 : typeof value === 'string' ? 6 : value === null ? 5 : 4;
  return { oid, type, value };
}

/** OIDs as bytes, once for all devices; templates name some thousands at most. */
const encoded = new Map<string, Uint8Array>();
const MAX_ENCODED = 50_000;
/** Of a group; groups live as long as their plan. */
const encodedLists = new WeakMap<readonly string[], readonly Uint8Array[]>();
const selections = new WeakMap<readonly string[], RowSelection>();

function encodedOid(oid: string): Uint8Array {
  let bytes = encoded.get(oid);
  if (!bytes) {
    bytes = encodeOid(oid);
    if (encoded.size >= MAX_ENCODED) encoded.clear();
    encoded.set(oid, bytes);
  }
  return bytes;
}

function encodedOids(oids: readonly string[]): readonly Uint8Array[] {
  let bytes = encodedLists.get(oids);
  if (!bytes) {
    bytes = oids.map(encodedOid);
    encodedLists.set(oids, bytes);
  }
  return bytes;
}

function selectionOf(indexes: readonly string[] | undefined): RowSelection | undefined {
  if (!indexes || indexes.length === 0) return undefined;
  let selection = selections.get(indexes);
  if (!selection) {
    selection = new RowSelection(indexes);
    selections.set(indexes, selection);
  }
  return selection;
}

/**
 * Fetches the groups that are due together: all single objects in common requests, then each table.
 * @returns the data of each group, or why it could not be fetched; after a failure that concerns the whole device, for
 * which asking on would only cost time, the remaining groups carry the same failure
 */
export async function fetchGroups(
  session: SnmpSession,
  groups: readonly FetchGroup[],
): Promise<Map<FetchGroup, GroupData | SnmpFailure>> {
  const answers = new Map<FetchGroup, GroupData | SnmpFailure>();
  const single = groups.filter(({ kind }) => kind === 'get');
  let fatal: SnmpFailure | undefined;
  if (single.length > 0) {
    const values = await get(
      session,
      single.flatMap(({ oids }) => encodedOids(oids)),
    );
    if (isFailure(values)) fatal = values;
    let at = 0;
    for (const group of single) {
      answers.set(group, isFailure(values) ? values : row(values.slice(at, at + group.oids.length)));
      at += group.oids.length;
    }
  }
  for (const group of groups) {
    if (group.kind === 'get') continue;
    const answer = fatal ?? (await fetchOne(session, group));
    if (isFailure(answer) && isFatal(answer)) fatal = answer;
    answers.set(group, answer);
  }
  return answers;
}

async function fetchOne(session: SnmpSession, group: FetchGroup): Promise<GroupData | SnmpFailure> {
  if (group.kind === 'walk') return readTable(session, group.id, encodedOids(group.oids), selectionOf(group.indexes));
  const found = await next(session, encodedOids(group.oids));
  return isFailure(found) ? found : row(found);
}

function row(cells: Answers<Exclude<SnmpValue, null>>): GroupData {
  return new Map([['', cells]]);
}

/** Whether a fetcher's error concerns one table alone: the others are worth trying. */
export function isOfTable(error: unknown): boolean {
  return error instanceof SnmpFetchError && !isFatal(error.failure);
}

/** Only what the device says about one table leaves the others worth trying. */
export function isFatal({ code }: SnmpFailure): boolean {
  return code !== 'device_error' && code !== 'no_access' && code !== 'too_big' && code !== 'bad_response';
}
