/** What templates, probes and remote write declared about fields and monitors: kinds, units, help, intervals. */
import type { FieldKind, FieldMetadata } from '../model/field.ts';
import type { TenantId } from '../model/tenant.ts';
import type { GroupTable } from './group-table.ts';

const MONITOR_TAG = 'monitor_id';

export class Declarations {
  readonly #groups: GroupTable;
  readonly #fields = new Map<string, FieldMetadata>();
  /** tenant → symbol of the monitor's ID → interval. */
  readonly #intervals = new Map<TenantId, Map<number, number>>();
  readonly #monitorTag: number;

  constructor(groups: GroupTable) {
    this.#groups = groups;
    this.#monitorTag = groups.symbols.of(MONITOR_TAG);
  }

  /** True when something is new or changed. */
  declareFields(fields: readonly FieldMetadata[]): boolean {
    let changed = false;
    for (const field of fields) {
      const key = keyOf(field.measurement, field.field);
      const known = this.#fields.get(key);
      if (known && known.kind === field.kind && known.unit === field.unit && known.help === field.help) continue;
      this.#fields.set(key, { ...field });
      changed = true;
    }
    return changed;
  }

  declareInterval(tenant: TenantId, monitorId: string, intervalMs: number): void {
    let intervals = this.#intervals.get(tenant);
    if (!intervals) {
      intervals = new Map();
      this.#intervals.set(tenant, intervals);
    }
    intervals.set(this.#groups.symbols.of(monitorId), intervalMs);
  }

  field(measurement: string, field: string): FieldMetadata | undefined {
    return this.#fields.get(keyOf(measurement, field));
  }

  kind(measurement: string, field: string): FieldKind {
    return this.field(measurement, field)?.kind ?? 'unknown';
  }

  /** Declared interval of a row group's monitor, else 0. */
  intervalMs(group: number): number {
    const monitor = this.#groups.tagValue(group, this.#monitorTag);
    return monitor === 0 ? 0 : (this.#intervals.get(this.#groups.tenant(group))?.get(monitor) ?? 0);
  }
}

function keyOf(measurement: string, field: string): string {
  return `${measurement}\u0000${field}`;
}
