/**
 * For each tenant, label name and label value: the row groups that have it; and for each tenant and name its values.
 * A pair that only one row group has (most of them in wide installations) costs no list.
 *
 * Lists may hold row groups that are gone: readers check each candidate anyway, `sweep` removes them.
 */
import type { TenantId } from '../model/tenant.ts';
import { grownInt32 } from './growing.ts';

const SINGLE = -1;

export class Postings {
  /** Slots hold pair + 1. */
  #slots = new Int32Array(1024);
  #mask = 1023;
  #pairs = 0;
  #tenant = new Int32Array(512);
  #name = new Int32Array(512);
  #value = new Int32Array(512);
  /** Number of row groups, and the only one's number or the place in `#lists`. */
  #count = new Int32Array(512);
  #list = new Int32Array(512);
  #lists: (Int32Array<ArrayBuffer> | undefined)[] = [];
  #freeLists: number[] = [];
  /** tenant → name → pairs. */
  readonly #names = new Map<TenantId, Map<number, PairList>>();

  add(tenant: TenantId, name: number, value: number, group: number): void {
    const pair = this.#pairOf(tenant, name, value, true);
    const count = this.#count[pair]!;
    if (count === 0) {
      this.#list[pair] = group;
    } else if (count === 1) {
      const place = this.#freeLists.pop() ?? this.#lists.length;
      this.#lists[place] = new Int32Array([this.#list[pair]!, group, 0, 0]);
      this.#list[pair] = place;
    } else {
      const place = this.#list[pair]!;
      this.#lists[place] = grownInt32(this.#lists[place]!, count);
      this.#lists[place]![count] = group;
    }
    this.#count[pair] = count + 1;
  }

  /** Upper bound of the row groups that have the pair. */
  count(tenant: TenantId, name: number, value: number): number {
    const pair = this.#pairOf(tenant, name, value, false);
    return pair < 0 ? 0 : this.#count[pair]!;
  }

  /** Calls `visit` for each row group that has the pair (or had it and is gone). */
  each(tenant: TenantId, name: number, value: number, visit: (group: number) => void): void {
    const pair = this.#pairOf(tenant, name, value, false);
    if (pair >= 0) this.#eachOfPair(pair, visit);
  }

  /** The values of a name that row groups have (or had and are gone). */
  *values(tenant: TenantId, name: number): Generator<number> {
    const list = this.#names.get(tenant)?.get(name);
    if (!list) return;
    for (let i = 0; i < list.count; i++) {
      const pair = list.pairs[i]!;
      if (this.#count[pair]! > 0) yield this.#value[pair]!;
    }
  }

  /** Symbols of the label names that the tenant has. */
  names(tenant: TenantId): number[] {
    const names: number[] = [];
    for (const [name, list] of this.#names.get(tenant) ?? []) {
      for (let i = 0; i < list.count; i++) {
        if (this.#count[list.pairs[i]!]! > 0) {
          names.push(name);
          break;
        }
      }
    }
    return names;
  }

  /** Removes row groups for which `isGone` is true from all lists. */
  sweep(isGone: (group: number) => boolean): void {
    for (let pair = 0; pair < this.#pairs; pair++) {
      const count = this.#count[pair]!;
      if (count === 0) continue;
      if (count === 1) {
        if (isGone(this.#list[pair]!)) this.#count[pair] = 0;
        continue;
      }
      const place = this.#list[pair]!;
      const list = this.#lists[place]!;
      let kept = 0;
      for (let i = 0; i < count; i++) if (!isGone(list[i]!)) list[kept++] = list[i]!;
      this.#count[pair] = kept;
      if (kept > 1) continue;
      this.#list[pair] = kept === 1 ? list[0]! : SINGLE;
      this.#lists[place] = undefined;
      this.#freeLists.push(place);
    }
  }

  #eachOfPair(pair: number, visit: (group: number) => void): void {
    const count = this.#count[pair]!;
    if (count === 1) visit(this.#list[pair]!);
    if (count < 2) return;
    const list = this.#lists[this.#list[pair]!]!;
    for (let i = 0; i < count; i++) visit(list[i]!);
  }

  #pairOf(tenant: TenantId, name: number, value: number, make: boolean): number {
    let i = hashOf(tenant, name, value) & this.#mask;
    for (; ; i = (i + 1) & this.#mask) {
      const pair = this.#slots[i]! - 1;
      if (pair < 0) break;
      if (this.#value[pair] === value && this.#name[pair] === name && this.#tenant[pair] === tenant) return pair;
    }
    if (!make) return -1;
    const pair = this.#pairs++;
    this.#tenant = grownInt32(this.#tenant, pair);
    this.#name = grownInt32(this.#name, pair);
    this.#value = grownInt32(this.#value, pair);
    this.#count = grownInt32(this.#count, pair);
    this.#list = grownInt32(this.#list, pair);
    this.#tenant[pair] = tenant;
    this.#name[pair] = name;
    this.#value[pair] = value;
    this.#slots[i] = pair + 1;
    let names = this.#names.get(tenant);
    if (!names) {
      names = new Map();
      this.#names.set(tenant, names);
    }
    let list = names.get(name);
    if (!list) {
      list = { pairs: new Int32Array(4), count: 0 };
      names.set(name, list);
    }
    list.pairs = grownInt32(list.pairs, list.count);
    list.pairs[list.count++] = pair;
    if (this.#pairs * 10 > (this.#mask + 1) * 7) this.#rehash();
    return pair;
  }

  #rehash(): void {
    const size = (this.#mask + 1) * 2;
    this.#slots = new Int32Array(size);
    this.#mask = size - 1;
    for (let pair = 0; pair < this.#pairs; pair++) {
      let i = hashOf(this.#tenant[pair]!, this.#name[pair]!, this.#value[pair]!) & this.#mask;
      while (this.#slots[i] !== 0) i = (i + 1) & this.#mask;
      this.#slots[i] = pair + 1;
    }
  }
}

interface PairList {
  pairs: Int32Array<ArrayBuffer>;
  count: number;
}

function hashOf(tenant: number, name: number, value: number): number {
  let hash = Math.imul(value, 0x9e3779b1) ^ Math.imul(name, 0x85ebca6b) ^ Math.imul(tenant, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
