/** What a plan fetches: single objects by interval, columns by table and interval, each once however many metrics use it. */
import type { FetchKind } from './poll-plan.ts';

export interface PlanGroup {
  readonly id: string;
  readonly kind: FetchKind;
  readonly oids: string[];
  readonly intervalS: number;
  readonly isStatic: boolean;
  /** Positions in the probe group: fetched if one of these showed something. Empty: always. */
  readonly probes: Set<number>;
}

/** Where the value of a name comes from. */
export type Source =
  | { readonly kind: 'cell'; readonly group: number; readonly column: number }
  | { readonly kind: 'scalar'; readonly group: number; readonly position: number }
  | { readonly kind: 'join'; readonly join: number; readonly column: number }
  | { readonly kind: 'now' };

export class PlanGroups {
  readonly groups: PlanGroup[] = [];
  /** What the probe group asks. */
  readonly probes: string[] = [];
  readonly #byKey = new Map<string, number>();

  #group(key: string, kind: FetchKind, intervalS: number, isStatic: boolean): number {
    let group = this.#byKey.get(key);
    if (group === undefined) {
      group = this.groups.length;
      this.#byKey.set(key, group);
      this.groups.push({ id: key, kind, oids: [], intervalS, isStatic, probes: new Set() });
    }
    return group;
  }

  scalar(oid: string, intervalS: number, isStatic: boolean): Source {
    const group = this.#group(`get/${isStatic ? 'static' : intervalS}`, 'get', intervalS, isStatic);
    return { kind: 'scalar', group, position: this.position(group, oid) };
  }

  column(oid: string, intervalS: number, isStatic: boolean, probe: number): Source & { kind: 'cell' } {
    const entry = oid.slice(0, oid.lastIndexOf('.'));
    const group = this.#group(`${entry}/${isStatic ? 'static' : intervalS}`, 'walk', intervalS, isStatic);
    this.groups[group]!.probes.add(probe);
    return { kind: 'cell', group, column: this.position(group, oid) };
  }

  position(group: number, oid: string): number {
    const { oids } = this.groups[group]!;
    const known = oids.indexOf(oid);
    return known >= 0 ? known : oids.push(oid) - 1;
  }

  probe(oid: string): number {
    const known = this.probes.indexOf(oid);
    return known >= 0 ? known : this.probes.push(oid) - 1;
  }
}
