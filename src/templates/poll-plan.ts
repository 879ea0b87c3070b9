/**
 * What is asked from a device and what comes of it: the vocabulary between whoever fetches (`collector/`, a recording)
 * and `DevicePoll`, which turns what was fetched into rows, facts and interfaces. Nothing here touches a network.
 *
 * A poll is a loop: while `DevicePoll.due` names groups, fetch each and hand it back with `accept` or `fail`; then
 * take `DevicePoll.result`. The first rounds ask what kinds of tables exist, so that absent ones cost nothing later.
 */
import type { DeviceFacts, ObservedInterface } from '../model/observation.ts';

/** Integers, counters and ticks are numbers (bigint above 2^53), octets are bytes, OIDs and IP addresses dotted text. */
export type SnmpValue = number | bigint | Uint8Array | string;

/** `type` is the BER tag: 2 integer, 4 octets, 6 OID, 64 IP address, 65 counter, 66 gauge, 67 ticks, 70 counter64. */
export interface Varbind {
  readonly oid: string;
  readonly type: number;
  /** null: noSuchObject, noSuchInstance, endOfMibView. */
  readonly value: SnmpValue | null;
}

/**
 * - `get`: exactly these OIDs.
 * - `next`: one GETNEXT of each OID; the answer says whether anything lies below it.
 * - `walk`: these columns of one table; with `indexes`, exactly these rows of it (GET or bounded GETBULK).
 */
export type FetchKind = 'get' | 'next' | 'walk';

export interface FetchGroup {
  /** Unique in the plan; for people and counters. */
  readonly id: string;
  readonly kind: FetchKind;
  readonly oids: readonly string[];
  /** Seconds between fetches; 0 is every poll. */
  readonly intervalS: number;
  /** Rows wanted, when they are known. */
  readonly indexes?: readonly string[];
}

/**
 * The answer to one group. Key: the row's index below the column, dotted, without a leading dot; '' for `get` and
 * `next`. Cells stand in the order of `FetchGroup.oids`; a `next` cell is the OID that came back.
 */
export type GroupData = Map<string, (SnmpValue | undefined)[]>;

/** What fetches: an SNMP session or a recording. Absent OIDs may be left out of the answers or have the value null. */
export interface Fetcher {
  get(oids: readonly string[]): Promise<readonly Varbind[]>;
  /** The varbind after each OID, in the order asked. */
  next(oids: readonly string[]): Promise<readonly Varbind[]>;
  walk(columns: readonly string[], indexes?: readonly string[]): Promise<readonly Varbind[]>;
}

export interface PolledRow {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, number>>;
}

/** A row group that will get no further samples: its interface or component is gone, or no longer chosen. */
export type EndedRow = Pick<PolledRow, 'measurement' | 'tags'>;

export interface PollResult {
  readonly rows: readonly PolledRow[];
  readonly ended: readonly EndedRow[];
  /** Present when they were read in this poll. */
  readonly facts?: DeviceFacts;
  /** Present when the interface table was read in this poll. */
  readonly interfaces?: readonly ObservedInterface[];
  /** Seconds since the agent started (sysUpTime, or hrSystemUptime, snmpEngineTime where they say more). */
  readonly uptimeSeconds?: number;
  /** The device (or its agent) started anew since the poll before. */
  readonly rebooted: boolean;
}

/** Sorts varbinds into the rows and columns of their group. Varbinds of other objects are left out. */
export function groupData(group: FetchGroup, varbinds: readonly Varbind[]): GroupData {
  if (group.kind === 'walk') return walkData(group, varbinds);
  const row: (SnmpValue | undefined)[] = new Array(group.oids.length).fill(undefined);
  if (group.kind === 'next') {
    for (let i = 0; i < group.oids.length && i < varbinds.length; i++) {
      const varbind = varbinds[i]!;
      if (varbind.value !== null) row[i] = varbind.oid;
    }
  } else {
    const position = new Map(group.oids.map((oid, i) => [oid, i]));
    for (const varbind of varbinds) {
      const i = position.get(varbind.oid);
      if (i !== undefined && varbind.value !== null) row[i] = varbind.value;
    }
  }
  return new Map([['', row]]);
}

function walkData(group: FetchGroup, varbinds: readonly Varbind[]): GroupData {
  const data: GroupData = new Map();
  const wanted = group.indexes ? new Set(group.indexes) : undefined;
  const prefixes = group.oids.map((oid) => `${oid}.`);
  let column = 0;
  for (const { oid, value } of varbinds) {
    if (value === null) continue;
    // Answers come column after column or row after row: the same or the next column, nearly always.
    if (!oid.startsWith(prefixes[column]!)) {
      const next = (column + 1) % prefixes.length;
      column = oid.startsWith(prefixes[next]!) ? next : prefixes.findIndex((prefix) => oid.startsWith(prefix));
      if (column < 0) {
        column = 0;
        continue;
      }
    }
    const index = oid.slice(prefixes[column]!.length);
    if (wanted && !wanted.has(index)) continue;
    let row = data.get(index);
    if (!row) {
      row = new Array<SnmpValue | undefined>(group.oids.length).fill(undefined);
      data.set(index, row);
    }
    row[column] = value;
  }
  return data;
}

/** Fetches one group. */
export async function fetchGroup(fetcher: Fetcher, group: FetchGroup): Promise<GroupData> {
  const varbinds =
    group.kind === 'get'
      ? await fetcher.get(group.oids)
      : group.kind === 'next'
        ? await fetcher.next(group.oids)
        : await fetcher.walk(group.oids, group.indexes);
  return groupData(group, varbinds);
}
