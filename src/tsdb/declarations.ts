/** What templates, probes and remote write declared about fields and monitors: kinds, units, help, intervals. */
import type { FieldKind, FieldMetadata } from '../model/field.ts';
import type { TenantId } from '../model/tenant.ts';
import type { GroupTable } from './group-table.ts';

const MONITOR_TAG = 'monitor_id';
/** Of one tenant. What senders say beyond this is not kept: it describes samples, it is none. */
const MAX_FIELDS = 50_000;
/** Characters of a help text or unit. */
const MAX_HELP = 1_000;

export class Declarations {
  readonly #groups: GroupTable;
  /** Said for all tenants, by templates and probes. */
  readonly #fields = new Map<string, FieldMetadata>();
  /** Said by the senders of one tenant. No tenant sees another's. */
  readonly #ofTenant = new Map<TenantId, Map<string, FieldMetadata>>();
  /** tenant → symbol of the monitor's ID → interval. */
  readonly #intervals = new Map<TenantId, Map<number, number>>();
  readonly #monitorTag: number;

  constructor(groups: GroupTable) {
    this.#groups = groups;
    this.#monitorTag = groups.symbols.of(MONITOR_TAG);
  }

  /** True when something is new or changed. */
  declareFields(fields: readonly FieldMetadata[], tenant?: TenantId): boolean {
    const all = tenant === undefined ? this.#fields : this.#senders(tenant);
    let changed = false;
    for (const { measurement, field, kind, unit, help } of fields) {
      const key = keyOf(measurement, field);
      const known = all.get(key);
      const next = { measurement, field, kind, unit: unit.slice(0, MAX_HELP), help: help.slice(0, MAX_HELP) };
      if (known && known.kind === kind && known.unit === next.unit && known.help === next.help) continue;
      if (!known && tenant !== undefined && all.size >= MAX_FIELDS) continue;
      all.set(key, next);
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

  field(tenant: TenantId, measurement: string, field: string): FieldMetadata | undefined {
    const key = keyOf(measurement, field);
    return this.#fields.get(key) ?? this.#ofTenant.get(tenant)?.get(key);
  }

  kind(tenant: TenantId, measurement: string, field: string): FieldKind {
    return this.field(tenant, measurement, field)?.kind ?? 'unknown';
  }

  /** Declared interval of a row group's monitor, else 0. */
  intervalMs(group: number): number {
    const monitor = this.#groups.tagValue(group, this.#monitorTag);
    return monitor === 0 ? 0 : (this.#intervals.get(this.#groups.tenant(group))?.get(monitor) ?? 0);
  }

  #senders(tenant: TenantId): Map<string, FieldMetadata> {
    let all = this.#ofTenant.get(tenant);
    if (!all) {
      all = new Map();
      this.#ofTenant.set(tenant, all);
    }
    return all;
  }
}

function keyOf(measurement: string, field: string): string {
  return `${measurement}\u0000${field}`;
}
