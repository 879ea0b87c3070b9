/**
 * Resolves matchers to row groups and series. The smallest known list of candidates is taken from the postings, then
 * each candidate is checked against all matchers by its own tags. Joined labels take part as if they were stored: a
 * joined label wins over a stored tag, which is then called `exported_NAME`.
 */
import { finish, type Parts } from '../lib/parts.ts';
import type { Matcher } from '../model/series.ts';
import type { TenantId } from '../model/tenant.ts';
import { CompiledMatcher } from './compiled-matcher.ts';
import type { GroupTable } from './group-table.ts';
import type { JoinedLabels } from './joined-labels.ts';
import type { Split } from './metric-names.ts';

const EXPORTED = 'exported_';
/** Below this many candidates it does not pay to look for a shorter list by testing values. */
const FEW = 1_000;
/** Row groups or values that are looked at in one part. */
const PART = 512;

export class Selector {
  readonly #groups: GroupTable;
  readonly #joined: JoinedLabels;

  constructor(groups: GroupTable, joined: JoinedLabels) {
    this.#groups = groups;
    this.#joined = joined;
  }

  /**
   * Calls `visit` for each row group that matches, with the columns that do, until it returns false. What comes or goes
   * while this rests may be missed. @throws Re2Error
   */
  *each(
    tenant: TenantId,
    matchers: readonly Matcher[],
    visit: (group: number, columns: readonly number[]) => boolean | undefined,
  ): Parts<void> {
    const symbols = this.#groups.symbols;
    const compiled = matchers.map((matcher) => new CompiledMatcher(matcher, symbols));
    const nameMatchers = compiled.filter((matcher) => matcher.name === '__name__');
    const labelMatchers = compiled.filter((matcher) => matcher.name !== '__name__');
    const splits = nameMatchers.length > 0 ? this.#splits(tenant, nameMatchers) : undefined;
    if (splits?.length === 0) return;
    const columnsOf = splits ? chosenColumns(this.#groups, splits) : allColumns(this.#groups);
    let looked = 0;
    for (const group of yield* this.#candidates(tenant, labelMatchers, splits)) {
      if (++looked % PART === 0) yield;
      if (!this.#groups.isAlive(group) || this.#groups.tenant(group) !== tenant) continue;
      const columns = columnsOf(group);
      if (columns.length === 0 || !labelMatchers.every((matcher) => this.#matches(group, matcher))) continue;
      if (visit(group, columns) === false) return;
    }
  }

  /** Row groups of a tenant that match label and name matchers in any column. */
  groups(tenant: TenantId, matchers: readonly Matcher[]): number[] {
    const found: number[] = [];
    finish(
      this.each(tenant, matchers, (group) => {
        found.push(group);
        return true;
      }),
    );
    return found;
  }

  /** Symbol of a label's value as readers see it, 0 for none. */
  labelValue(group: number, name: string, nameSymbol: number): number {
    const tenant = this.#groups.tenant(group);
    if (this.#joined.has(tenant, nameSymbol)) {
      const joined = this.#joined.value(group, nameSymbol);
      if (joined > 0) return joined;
    }
    if (name.startsWith(EXPORTED)) {
      const base = this.#groups.symbols.find(name.slice(EXPORTED.length));
      if (this.#joined.has(tenant, base) && this.#joined.value(group, base) > 0) {
        const stored = this.#groups.tagValue(group, base);
        if (stored > 0) return stored;
      }
    }
    return nameSymbol < 0 ? 0 : this.#groups.tagValue(group, nameSymbol);
  }

  /** Calls `visit` for each label of a row group as readers see it, without the metric name, in no certain order. */
  eachLabel(group: number, visit: (name: string, value: string) => void): void {
    const symbols = this.#groups.symbols;
    const count = this.#groups.tagCount(group);
    for (let i = 0; i < count; i++) {
      const name = this.#groups.tagNameAt(group, i);
      const value = symbols.text(this.#groups.tagValueAt(group, i));
      const isHidden = this.#joined.has(this.#groups.tenant(group), name) && this.#joined.value(group, name) > 0;
      visit(isHidden ? EXPORTED + symbols.text(name) : symbols.text(name), value);
    }
    this.#joined.each(group, (name, value) => visit(symbols.text(name), symbols.text(value)));
  }

  #matches(group: number, matcher: CompiledMatcher): boolean {
    return matcher.matchesSymbol(this.labelValue(group, matcher.name, matcher.nameSymbol));
  }

  #splits(tenant: TenantId, matchers: readonly CompiledMatcher[]): Split[] {
    const names = this.#groups.metricNames(tenant);
    const listed = matchers.find((matcher) => matcher.values)?.values;
    const splits = listed ? listed.flatMap((name) => names.named(name)) : [...names.all()];
    return splits.filter((split) => matchers.every((matcher) => matcher.matches(split.name)));
  }

  *#candidates(
    tenant: TenantId,
    matchers: readonly CompiledMatcher[],
    splits: readonly Split[] | undefined,
  ): Parts<Iterable<number>> {
    const postings = this.#groups.postings;
    const measurements = splits && [...new Set(splits.map((split) => split.measurement))];
    let best: (() => Iterable<number>) | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    if (measurements) {
      fewest = measurements.reduce((sum, measurement) => sum + postings.count(tenant, 0, measurement), 0);
      best = () =>
        this.#collect(
          measurements.map((measurement): [number, number] => [0, measurement]),
          tenant,
        );
    }
    for (const matcher of matchers) {
      if (matcher.matchesEmpty || (!matcher.values && fewest < FEW)) continue;
      const pairs = yield* this.#pairs(tenant, matcher);
      const count = pairs.reduce((sum, [name, value]) => sum + postings.count(tenant, name, value), 0);
      if (count >= fewest) continue;
      fewest = count;
      best = () => this.#collect(pairs, tenant);
    }
    return best ? best() : range(this.#groups, tenant);
  }

  /** Tags (name, value) of which a row group must have at least one for the matcher, which does not match ''. */
  *#pairs(tenant: TenantId, matcher: CompiledMatcher): Parts<[number, number][]> {
    const pairs: [number, number][] = [];
    yield* this.#storedPairs(tenant, matcher, matcher.nameSymbol, pairs);
    if (matcher.name.startsWith(EXPORTED)) {
      yield* this.#storedPairs(tenant, matcher, this.#groups.symbols.find(matcher.name.slice(EXPORTED.length)), pairs);
    }
    if (this.#joined.has(tenant, matcher.nameSymbol)) {
      this.#joined.eachSource(
        tenant,
        matcher.nameSymbol,
        (value) => matcher.matchesSymbol(value),
        (name, value) => pairs.push([name, value]),
      );
    }
    return pairs;
  }

  *#storedPairs(tenant: TenantId, matcher: CompiledMatcher, name: number, pairs: [number, number][]): Parts<void> {
    if (name <= 0) return;
    if (matcher.values) {
      for (const text of matcher.values) {
        const value = this.#groups.symbols.find(text);
        if (value > 0) pairs.push([name, value]);
      }
      return;
    }
    let looked = 0;
    for (const value of this.#groups.postings.values(tenant, name)) {
      if (++looked % PART === 0) yield;
      if (matcher.matchesSymbol(value)) pairs.push([name, value]);
    }
  }

  /** Row groups under the pairs, each once. */
  #collect(pairs: readonly [number, number][], tenant: TenantId): Iterable<number> {
    const found: number[] = [];
    const isFound = new Uint8Array(this.#groups.capacity);
    for (const [name, value] of pairs) {
      this.#groups.postings.each(tenant, name, value, (group) => {
        if (isFound[group] === 0) found.push(group);
        isFound[group] = 1;
      });
    }
    return found;
  }
}

function allColumns(groups: GroupTable): (group: number) => readonly number[] {
  const bySchema = new Map<number, number[]>();
  return (group) => {
    const schema = groups.schema(group);
    let columns = bySchema.get(schema);
    if (!columns) {
      columns = Array.from({ length: groups.schemas.width(schema) }, (_, i) => i);
      bySchema.set(schema, columns);
    }
    return columns;
  };
}

function chosenColumns(groups: GroupTable, splits: readonly Split[]): (group: number) => readonly number[] {
  const fields = new Map<number, number[]>();
  for (const { measurement, field } of splits) {
    const list = fields.get(measurement);
    if (list) list.push(field);
    else fields.set(measurement, [field]);
  }
  const known = new Map<number, number[]>();
  return (group) => {
    const measurement = groups.measurement(group);
    const schema = groups.schema(group);
    const key = measurement * 2 ** 26 + schema;
    let columns = known.get(key);
    if (!columns) {
      columns = (fields.get(measurement) ?? [])
        .map((field) => groups.schemas.columnOf(schema, field))
        .filter((c) => c >= 0);
      known.set(key, columns);
    }
    return columns;
  };
}

function* range(groups: GroupTable, tenant: TenantId): Iterable<number> {
  for (let group = 0; group < groups.capacity; group++) if (groups.tenant(group) === tenant) yield group;
}
