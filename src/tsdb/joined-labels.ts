/**
 * Labels that are not stored with the series but joined when they are read: by one tag (`device_id`) or two
 * (`device_id`, `ifname`); the more specific join wins. Everything is kept in symbols of the group table.
 */
import { ConflictError } from '../model/limit-error.ts';
import type { TenantId } from '../model/tenant.ts';
import type { GroupTable } from './group-table.ts';

export interface JoinedLabelsEntry {
  readonly tenant: TenantId;
  readonly match: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** Name, value, name, value, … as symbols. */
type Pairs = readonly number[];

interface Shape {
  readonly first: number;
  /** 0 for a join by one tag. */
  readonly second: number;
  /** Value symbols of the tags, first * 2^26 + second → labels. */
  readonly entries: Map<number, Pairs>;
}

const PAIR = 2 ** 26;
const NONE: Pairs = [];

export class JoinedLabels {
  readonly #groups: GroupTable;
  /** By tenant; two-tag shapes before one-tag shapes. */
  readonly #shapes = new Map<TenantId, Shape[]>();
  /** How many entries have a label of this name, by tenant and name symbol. */
  readonly #names = new Map<TenantId, Map<number, number>>();

  constructor(groups: GroupTable) {
    this.#groups = groups;
  }

  /** Replaces the labels of the entry's match. @throws ConflictError when it joins by more than two tags */
  set(entry: JoinedLabelsEntry): void {
    const symbols = this.#groups.symbols;
    const names = Object.keys(entry.match).sort();
    if (names.length < 1 || names.length > 2) throw new ConflictError('labels are joined by one tag or two');
    const first = symbols.of(names[0]!);
    const second = names.length === 2 ? symbols.of(names[1]!) : 0;
    const key = symbols.of(entry.match[names[0]!]!) * PAIR + (second ? symbols.of(entry.match[names[1]!]!) : 0);
    const shape = this.#shape(entry.tenant, first, second);
    this.#count(entry.tenant, shape.entries.get(key) ?? NONE, -1);
    const pairs: number[] = [];
    for (const [name, value] of Object.entries(entry.labels)) {
      if (value !== '') pairs.push(symbols.of(name), symbols.of(value));
    }
    if (pairs.length > 0) shape.entries.set(key, pairs);
    else shape.entries.delete(key);
    this.#count(entry.tenant, pairs, 1);
  }

  /** Whether nothing was ever joined to row groups of the tenant. */
  isEmpty(tenant: TenantId): boolean {
    return !this.#names.has(tenant);
  }

  /** Whether some joined label of the tenant has this name. */
  has(tenant: TenantId, name: number): boolean {
    return name > 0 && (this.#names.get(tenant)?.get(name) ?? 0) > 0;
  }

  names(tenant: TenantId): number[] {
    return [...(this.#names.get(tenant) ?? [])].filter(([, count]) => count > 0).map(([name]) => name);
  }

  /** Symbol of the joined value of a row group's label, 0 when nothing is joined. */
  value(group: number, name: number): number {
    for (const shape of this.#shapes.get(this.#groups.tenant(group)) ?? []) {
      const pairs = this.#pairsOf(shape, group);
      for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === name) return pairs[i + 1]!;
    }
    return 0;
  }

  /** Calls `visit` for each label joined to a row group. */
  each(group: number, visit: (name: number, value: number) => void): void {
    const shapes = this.#shapes.get(this.#groups.tenant(group));
    if (!shapes) return;
    const seen: number[] = [];
    for (const shape of shapes) {
      const pairs = this.#pairsOf(shape, group);
      for (let i = 0; i < pairs.length; i += 2) {
        if (seen.includes(pairs[i]!)) continue;
        seen.push(pairs[i]!);
        visit(pairs[i]!, pairs[i + 1]!);
      }
    }
  }

  /** Calls `visit` with the tags (name, value) of which row groups have a joined label that `matches`. */
  eachSource(
    tenant: TenantId,
    name: number,
    matches: (value: number) => boolean,
    visit: (tagName: number, tagValue: number) => void,
  ): void {
    for (const shape of this.#shapes.get(tenant) ?? []) {
      for (const [key, pairs] of shape.entries) {
        for (let i = 0; i < pairs.length; i += 2) {
          if (pairs[i] !== name || !matches(pairs[i + 1]!)) continue;
          // Of two tags the second (`ifname` behind `device_id`) is checked with everything else.
          visit(shape.first, Math.floor(key / PAIR));
        }
      }
    }
  }

  #pairsOf(shape: Shape, group: number): Pairs {
    const first = this.#groups.tagValue(group, shape.first);
    if (first === 0) return NONE;
    if (shape.second === 0) return shape.entries.get(first * PAIR) ?? NONE;
    const second = this.#groups.tagValue(group, shape.second);
    return second === 0 ? NONE : (shape.entries.get(first * PAIR + second) ?? NONE);
  }

  #shape(tenant: TenantId, first: number, second: number): Shape {
    let shapes = this.#shapes.get(tenant);
    if (!shapes) {
      shapes = [];
      this.#shapes.set(tenant, shapes);
    }
    const known = shapes.find((shape) => shape.first === first && shape.second === second);
    if (known) return known;
    const shape = { first, second, entries: new Map<number, Pairs>() };
    if (second) shapes.unshift(shape);
    else shapes.push(shape);
    return shape;
  }

  #count(tenant: TenantId, pairs: Pairs, step: number): void {
    let names = this.#names.get(tenant);
    if (!names) {
      names = new Map();
      this.#names.set(tenant, names);
    }
    for (let i = 0; i < pairs.length; i += 2) names.set(pairs[i]!, (names.get(pairs[i]!) ?? 0) + step);
  }
}
