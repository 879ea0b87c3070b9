/** A RowSink that remembers rows in plain objects: for tests of what parses, not of what stores. */
import { ConflictError } from '../../src/model/limit-error.ts';
import { ROW_REFUSAL, type RowRefusal, type RowSink } from '../../src/model/row-sink.ts';
import type { TenantId } from '../../src/model/tenant.ts';

export interface MemoryRow {
  readonly tenant: TenantId;
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly timeMs: number;
  readonly fields: Readonly<Record<string, number>>;
}

interface Group {
  readonly tenant: TenantId;
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: string[];
}

export class MemorySink implements RowSink {
  /** Committed rows. */
  readonly rows: MemoryRow[] = [];
  readonly groups: Group[] = [];
  /** Rows later than this are refused. */
  latestMs = Number.POSITIVE_INFINITY;
  #uncommitted: MemoryRow[] = [];
  readonly #byRawKey = new Map<string, number>();
  readonly #byIdentity = new Map<string, number>();

  find(tenant: TenantId, bytes: Uint8Array, start: number, end: number, _hash: number): number {
    return this.#byRawKey.get(rawKey(tenant, bytes, start, end)) ?? -1;
  }

  intern(
    tenant: TenantId,
    bytes: Uint8Array,
    start: number,
    end: number,
    _hash: number,
    measurement: string,
    tags: readonly string[],
  ): number {
    const pairs: [string, string][] = [];
    for (let i = 0; i < tags.length; i += 2) pairs.push([tags[i]!, tags[i + 1]!]);
    pairs.sort((a, b) => (a[0] < b[0] ? -1 : 1));
    if (new Set(pairs.map(([name]) => name)).size !== pairs.length) throw new ConflictError('a tag appears twice');
    const identity = JSON.stringify([tenant, measurement, pairs]);
    let group = this.#byIdentity.get(identity);
    if (group === undefined) {
      group = this.groups.push({ tenant, measurement, tags: Object.fromEntries(pairs), fields: [] }) - 1;
      this.#byIdentity.set(identity, group);
    }
    this.#byRawKey.set(rawKey(tenant, bytes, start, end), group);
    return group;
  }

  column(group: number, field: string): number {
    const { fields } = this.groups[group]!;
    const known = fields.indexOf(field);
    return known >= 0 ? known : fields.push(field) - 1;
  }

  row(group: number, timeMs: number, columns: Uint16Array, values: Float64Array, count: number): RowRefusal {
    if (timeMs > this.latestMs) return ROW_REFUSAL.tooFarAhead;
    const { tenant, measurement, tags, fields } = this.groups[group]!;
    const row: Record<string, number> = {};
    for (let i = 0; i < count; i++) row[fields[columns[i]!]!] = values[i]!;
    this.#uncommitted.push({ tenant, measurement, tags, timeMs, fields: row });
    return ROW_REFUSAL.none;
  }

  explain(refusal: RowRefusal): string {
    return refusal === ROW_REFUSAL.tooFarAhead ? 'too far ahead of the clock' : `refused (${refusal})`;
  }

  commit(): void {
    this.rows.push(...this.#uncommitted);
    this.#uncommitted = [];
  }
}

function rawKey(tenant: TenantId, bytes: Uint8Array, start: number, end: number): string {
  return `${tenant}:${Buffer.from(bytes.subarray(start, end)).toString('latin1')}`;
}
