/**
 * The row groups: identity (tenant, measurement, sorted tags), schema and postings, found by identity. A row group is a
 * small number, local to the process; numbers of row groups that are gone are used again after `sweep`.
 */
import { metricName } from '../model/field.ts';
import { ConflictError } from '../model/limit-error.ts';
import type { TenantId } from '../model/tenant.ts';
import { grownInt32, grownUint8 } from './growing.ts';
import { checkName, sortedTags } from './identity-check.ts';
import { type EngineLimits, limitReached } from './limits.ts';
import { MetricNames } from './metric-names.ts';
import { Postings } from './postings.ts';
import { Schemas } from './schemas.ts';
import { Symbols } from './symbols.ts';

const DELETED_SLOT = -1;

export class GroupTable {
  readonly symbols = new Symbols();
  readonly schemas = new Schemas();
  readonly postings = new Postings();
  readonly #limits: EngineLimits;
  readonly #metrics = new Map<TenantId, MetricNames>();
  #slots = new Int32Array(2048);
  #mask = 2047;
  #slotsUsed = 0;
  #count = 0;
  #alive = 0;
  #seriesCount = 0;
  #tenant = new Int32Array(512);
  #measurement = new Int32Array(512);
  #schema = new Int32Array(512);
  #hash = new Int32Array(512);
  /** Where the tags are in `#tags`: their number, then name and value of each. */
  #tagsAt = new Int32Array(512);
  #isAlive = new Uint8Array(512);
  /** How often the number was given to an identity. */
  #generation = new Int32Array(512);
  #tags = new Int32Array(4096);
  #tagsEnd = 0;
  #tagsDead = 0;
  #gone: number[] = [];
  #free: number[] = [];

  constructor(limits: EngineLimits) {
    this.#limits = limits;
  }

  /** Row group numbers are below this. */
  get capacity(): number {
    return this.#count;
  }

  get groupCount(): number {
    return this.#alive;
  }

  get seriesCount(): number {
    return this.#seriesCount;
  }

  isAlive(group: number): boolean {
    return this.#isAlive[group] === 1;
  }

  /** Tells identities apart that have the same number one after the other. */
  generation(group: number): number {
    return this.#generation[group]!;
  }

  /** Whether the number still belongs to the identity that it had in this generation. */
  isStill(group: number, generation: number): boolean {
    return this.#isAlive[group] === 1 && this.#generation[group] === generation;
  }

  tenant(group: number): TenantId {
    return this.#tenant[group]!;
  }

  measurement(group: number): number {
    return this.#measurement[group]!;
  }

  schema(group: number): number {
    return this.#schema[group]!;
  }

  width(group: number): number {
    return this.schemas.width(this.#schema[group]!);
  }

  tenants(): IterableIterator<TenantId> {
    return this.#metrics.keys();
  }

  metricNames(tenant: TenantId): MetricNames {
    let names = this.#metrics.get(tenant);
    if (!names) {
      names = new MetricNames(this.symbols);
      this.#metrics.set(tenant, names);
    }
    return names;
  }

  /** Value symbol of a tag, 0 when the row group has no such tag. */
  tagValue(group: number, name: number): number {
    const at = this.#tagsAt[group]!;
    const end = at + 1 + 2 * this.#tags[at]!;
    for (let i = at + 1; i < end; i += 2) if (this.#tags[i] === name) return this.#tags[i + 1]!;
    return 0;
  }

  tagCount(group: number): number {
    return this.#tags[this.#tagsAt[group]!]!;
  }

  tagNameAt(group: number, index: number): number {
    return this.#tags[this.#tagsAt[group]! + 1 + 2 * index]!;
  }

  tagValueAt(group: number, index: number): number {
    return this.#tags[this.#tagsAt[group]! + 2 + 2 * index]!;
  }

  /** Tags as texts: name, value, …, sorted by name. */
  tagTexts(group: number): string[] {
    const texts: string[] = [];
    const at = this.#tagsAt[group]!;
    for (let i = 1; i <= 2 * this.#tags[at]!; i++) texts.push(this.symbols.text(this.#tags[at + i]!));
    return texts;
  }

  /** Field names by column. */
  fieldTexts(group: number): string[] {
    return Array.from(this.schemas.fields(this.#schema[group]!), (field) => this.symbols.text(field));
  }

  /**
   * The row group of an identity, made if new. `tags` are flattened name, value pairs in any order.
   * @throws LimitError, ConflictError
   */
  intern(tenant: TenantId, measurement: string, tags: readonly string[]): number {
    const { maxSeries } = this.#limits;
    checkName(measurement, 'measurement', this.#limits);
    const sorted = this.#sortedTags(tags);
    const known = this.find(tenant, measurement, sorted);
    if (known >= 0) return known;
    // What is refused must leave nothing behind: symbols stay for good.
    if (this.#alive >= maxSeries || this.#seriesCount >= maxSeries) {
      throw limitReached('maxSeries', `${maxSeries} series exist, no row group can be added`);
    }
    const { symbols } = this;
    return this.#make(
      tenant,
      symbols.of(measurement),
      sorted.map((text) => symbols.of(text)),
    );
  }

  /** As `intern`, for an identity that was stored before: symbols, sorted by name. */
  restore(tenant: TenantId, measurement: number, tags: readonly number[]): number {
    const known = this.#findSymbols(tenant, measurement, tags);
    return known >= 0 ? known : this.#make(tenant, measurement, tags);
  }

  /**
   * Gives a row group the fields (symbols) that it was stored with. Returns undefined when stored column numbers are
   * its own, else its own number of each stored column.
   */
  adopt(group: number, fields: ArrayLike<number>): Int32Array | undefined {
    let schema = this.#schema[group]!;
    let isSame = true;
    const columns = new Int32Array(fields.length);
    for (let i = 0; i < fields.length; i++) {
      let column = this.schemas.columnOf(schema, fields[i]!);
      if (column < 0) {
        column = this.schemas.width(schema);
        schema = this.#extend(group, fields[i]!);
      }
      columns[i] = column;
      isSame &&= column === i;
    }
    return isSame ? undefined : columns;
  }

  /** The row group of an identity, or -1. */
  find(tenant: TenantId, measurement: string, sortedTags: readonly string[]): number {
    const tags: number[] = [];
    for (const text of sortedTags) {
      const symbol = this.symbols.find(text);
      if (symbol < 0) return -1;
      tags.push(symbol);
    }
    const symbol = this.symbols.find(measurement);
    return symbol < 0 ? -1 : this.#findSymbols(tenant, symbol, tags);
  }

  /** Column number of a field, or -1. */
  columnOf(group: number, field: number): number {
    return this.schemas.columnOf(this.#schema[group]!, field);
  }

  /** Column number of a field, made if new. @throws LimitError, ConflictError */
  column(group: number, fieldName: string): number {
    const schema = this.#schema[group]!;
    const known = this.symbols.find(fieldName);
    if (known >= 0) {
      const column = this.schemas.columnOf(schema, known);
      if (column >= 0) return column;
    }
    const limits = this.#limits;
    if (this.#seriesCount >= limits.maxSeries) {
      throw limitReached('maxSeries', `${limits.maxSeries} series exist, no field can be added`);
    }
    if (this.schemas.width(schema) >= limits.maxFieldsPerRowGroup) {
      throw limitReached('maxFieldsPerRowGroup', `a row group may have ${limits.maxFieldsPerRowGroup} fields`);
    }
    checkName(fieldName, 'field name', limits);
    const field = this.symbols.of(fieldName);
    this.#refuseTwin(group, metricName(this.symbols.text(this.#measurement[group]!), fieldName), field);
    this.#extend(group, field);
    return this.schemas.width(schema);
  }

  /** Makes a row group invisible at once. Its number stays taken until `sweep`. */
  remove(group: number): void {
    if (this.#isAlive[group] !== 1) return;
    this.#isAlive[group] = 0;
    this.#alive--;
    this.#gone.push(group);
    const tenant = this.#tenant[group]!;
    const names = this.metricNames(tenant);
    for (const field of this.schemas.fields(this.#schema[group]!)) {
      const split = names.split(this.#measurement[group]!, field);
      if (--split.groups === 0) names.drop(split);
      this.#seriesCount--;
    }
    for (let i = this.#hash[group]! & this.#mask; this.#slots[i] !== 0; i = (i + 1) & this.#mask) {
      if (this.#slots[i] !== group + 1) continue;
      this.#slots[i] = DELETED_SLOT;
      break;
    }
    this.#tagsDead += 1 + 2 * this.tagCount(group);
  }

  get goneCount(): number {
    return this.#gone.length;
  }

  /** Removes gone row groups from the postings and lets their numbers be used again. `released` hears each of them. */
  sweep(released: (isGone: (group: number) => boolean) => void): void {
    const isGone = (group: number) => this.#isAlive[group] !== 1;
    this.postings.sweep(isGone);
    released(isGone);
    this.#free.push(...this.#gone);
    this.#gone = [];
    if (this.#tagsDead * 2 > this.#tagsEnd) this.#compactTags();
  }

  #extend(group: number, field: number): number {
    this.metricNames(this.#tenant[group]!).split(this.#measurement[group]!, field).groups++;
    this.#seriesCount++;
    const schema = this.schemas.with(this.#schema[group]!, field);
    this.#schema[group] = schema;
    return schema;
  }

  #make(tenant: TenantId, measurement: number, tags: readonly number[]): number {
    const group = this.#free.pop() ?? this.#count++;
    this.#grow(group);
    this.#tenant[group] = tenant;
    this.#measurement[group] = measurement;
    this.#schema[group] = 0;
    const hash = hashOf(tenant, measurement, tags);
    this.#hash[group] = hash;
    this.#isAlive[group] = 1;
    this.#generation[group]!++;
    this.#alive++;
    this.#tags = grownInt32(this.#tags, this.#tagsEnd + tags.length + 1);
    this.#tagsAt[group] = this.#tagsEnd;
    this.#tags[this.#tagsEnd++] = tags.length >> 1;
    for (const symbol of tags) this.#tags[this.#tagsEnd++] = symbol;
    // Name 0 (the empty string) stands for the measurement itself.
    this.postings.add(tenant, 0, measurement, group);
    for (let i = 0; i < tags.length; i += 2) this.postings.add(tenant, tags[i]!, tags[i + 1]!, group);
    let i = hash & this.#mask;
    while (this.#slots[i]! > 0) i = (i + 1) & this.#mask;
    if (this.#slots[i] === 0) this.#slotsUsed++;
    this.#slots[i] = group + 1;
    if (this.#slotsUsed * 10 > (this.#mask + 1) * 6) this.#rehash();
    return group;
  }

  #grow(group: number): void {
    if (group < this.#tenant.length) return;
    this.#tenant = grownInt32(this.#tenant, group);
    this.#measurement = grownInt32(this.#measurement, group);
    this.#schema = grownInt32(this.#schema, group);
    this.#hash = grownInt32(this.#hash, group);
    this.#tagsAt = grownInt32(this.#tagsAt, group);
    this.#isAlive = grownUint8(this.#isAlive, group);
    this.#generation = grownInt32(this.#generation, group);
  }

  #sortedTags(tags: readonly string[]): string[] {
    const sorted: string[] = [];
    for (const i of sortedTags(tags, this.#limits)) {
      // In PromQL an empty label is an absent one.
      if (tags[i + 1] !== '') sorted.push(tags[i]!, tags[i + 1]!);
    }
    return sorted;
  }

  #refuseTwin(group: number, name: string, field: number): void {
    const tenant = this.#tenant[group]!;
    const splits = this.metricNames(tenant).named(name);
    if (splits.length === 0) return;
    const tags: number[] = [];
    const at = this.#tagsAt[group]!;
    for (let i = 1; i <= 2 * this.#tags[at]!; i++) tags.push(this.#tags[at + i]!);
    for (const other of splits) {
      if (other.measurement === this.#measurement[group] && other.field === field) continue;
      const twin = this.#findSymbols(tenant, other.measurement, tags);
      if (twin < 0 || this.columnOf(twin, other.field) < 0) continue;
      const [m, f] = [this.symbols.text(other.measurement), this.symbols.text(other.field)];
      throw new ConflictError(`series ${name} with these tags exists already, as measurement "${m}" field "${f}"`);
    }
  }

  #findSymbols(tenant: TenantId, measurement: number, tags: readonly number[]): number {
    const hash = hashOf(tenant, measurement, tags);
    for (let i = hash & this.#mask; this.#slots[i] !== 0; i = (i + 1) & this.#mask) {
      const group = this.#slots[i]! - 1;
      if (group >= 0 && this.#hash[group] === hash && this.#hasIdentity(group, tenant, measurement, tags)) return group;
    }
    return -1;
  }

  #hasIdentity(group: number, tenant: TenantId, measurement: number, tags: readonly number[]): boolean {
    if (this.#tenant[group] !== tenant || this.#measurement[group] !== measurement) return false;
    const at = this.#tagsAt[group]!;
    if (this.#tags[at]! * 2 !== tags.length) return false;
    for (let i = 0; i < tags.length; i++) if (this.#tags[at + 1 + i] !== tags[i]) return false;
    return true;
  }

  #rehash(): void {
    const size = this.#alive * 2 > this.#mask + 1 ? (this.#mask + 1) * 4 : (this.#mask + 1) * 2;
    this.#slots = new Int32Array(size);
    this.#mask = size - 1;
    this.#slotsUsed = 0;
    for (let group = 0; group < this.#count; group++) {
      if (this.#isAlive[group] !== 1) continue;
      let i = this.#hash[group]! & this.#mask;
      while (this.#slots[i] !== 0) i = (i + 1) & this.#mask;
      this.#slots[i] = group + 1;
      this.#slotsUsed++;
    }
  }

  #compactTags(): void {
    const tags = new Int32Array(this.#tagsEnd - this.#tagsDead + 64);
    let end = 0;
    for (let group = 0; group < this.#count; group++) {
      if (this.#isAlive[group] !== 1) continue;
      const at = this.#tagsAt[group]!;
      const length = 1 + 2 * this.#tags[at]!;
      tags.set(this.#tags.subarray(at, at + length), end);
      this.#tagsAt[group] = end;
      end += length;
    }
    this.#tags = tags;
    this.#tagsEnd = end;
    this.#tagsDead = 0;
  }
}

function hashOf(tenant: number, measurement: number, tags: readonly number[]): number {
  let hash = Math.imul(tenant, 0x9e3779b1) ^ Math.imul(measurement, 0x85ebca6b);
  for (let i = 0; i < tags.length; i++) {
    hash = Math.imul(hash ^ tags[i]!, 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash | 0;
}
