/**
 * What series there are, as readers see them: selection by matchers, labels with joined ones, label names and values.
 * Handles of series are kept for the next query, because dashboards and rules ask the same again and again.
 */
import type { Parts } from '../lib/parts.ts';
import type { LabelPairs, Matcher, SelectRequest } from '../model/series.ts';
import type { TenantId } from '../model/tenant.ts';
import { Declarations } from './declarations.ts';
import type { GroupTable } from './group-table.ts';
import { JoinedLabels, type JoinedLabelsEntry } from './joined-labels.ts';
import { type EngineLimits, limitReached } from './limits.ts';
import { Selector } from './selector.ts';
import { Series } from './series.ts';

/** Handles that are kept, and one for so many series: alert rules go through a few columns of all interfaces again and again. */
const MIN_HANDLES = 100_000;
const SERIES_PER_HANDLE = 4;
const COLUMNS = 65_536;

/** Row groups by any of several selectors (none: all), in a range of time. */
export interface IdentityRequest {
  readonly tenants: readonly TenantId[];
  readonly selectors: readonly (readonly Matcher[])[];
  readonly fromMs: number;
  readonly toMs: number;
  /** At most this many answers; 0: all. */
  readonly limit: number;
}

/** Whether a row group may have rows in a range. */
export type OverlapTest = (group: number, fromMs: number, toMs: number) => boolean;

export class Catalogue {
  readonly declarations: Declarations;
  readonly selector: Selector;
  readonly #groups: GroupTable;
  readonly #joined: JoinedLabels;
  readonly #limits: EngineLimits;
  readonly #overlaps: OverlapTest;
  #handles = new Map<number, Series>();
  /** Label pairs of row groups without the name. */
  #labels = new Map<number, string[]>();

  constructor(groups: GroupTable, limits: EngineLimits, overlaps: OverlapTest) {
    this.#groups = groups;
    this.#limits = limits;
    this.#overlaps = overlaps;
    this.#joined = new JoinedLabels(groups);
    this.declarations = new Declarations(groups);
    this.selector = new Selector(groups, this.#joined);
  }

  /** Replaces joined labels. */
  join(entries: readonly JoinedLabelsEntry[]): void {
    for (const entry of entries) this.#joined.set(entry);
    this.forgetHandles();
  }

  /** Labels or kinds may have changed: handles are made anew. */
  forgetHandles(): void {
    this.#handles = new Map();
    this.#labels = new Map();
  }

  /** @throws LimitError, Re2Error */
  *select(request: SelectRequest): Parts<Series[]> {
    const found: Series[] = [];
    const most = this.#limits.maxSeriesPerQuery;
    for (const tenant of new Set(request.tenants)) {
      yield* this.selector.each(tenant, request.matchers, (group, columns) => {
        if (!this.#overlaps(group, request.fromMs, request.toMs)) return;
        for (const column of columns) found.push(this.#handle(group, column));
        if (found.length > most) throw limitReached('maxSeriesPerQuery', `a selector matches more than ${most} series`);
      });
    }
    return found;
  }

  /** Label sets of matching series. @throws LimitError, Re2Error */
  *identities(request: IdentityRequest): Parts<LabelPairs[]> {
    const found = new Map<number, LabelPairs>();
    yield* this.#each(request, (group, columns) => {
      for (const column of columns) {
        const key = group * COLUMNS + column;
        if (!found.has(key)) found.set(key, this.#handle(group, column).labels);
        if (request.limit > 0 && found.size >= request.limit) return false;
      }
      return true;
    });
    return [...found.values()];
  }

  /** Names of labels, sorted. */
  *labelNames(request: IdentityRequest): Parts<string[]> {
    const names = new Set<string>();
    yield* this.#each(request, (group) => {
      names.add('__name__');
      this.selector.eachLabel(group, (name) => names.add(name));
      return true;
    });
    return limited([...names].sort(), request.limit);
  }

  /** Values of a label, sorted. */
  *labelValues(name: string, request: IdentityRequest): Parts<string[]> {
    const values = new Set<string>();
    const symbol = this.#groups.symbols.find(name);
    yield* this.#each(request, (group, columns) => {
      if (name === '__name__') {
        for (const column of columns) values.add(this.#name(group, column));
      } else {
        const value = this.selector.labelValue(group, name, symbol);
        if (value > 0) values.add(this.#groups.symbols.text(value));
      }
      return true;
    });
    return limited([...values].sort(), request.limit);
  }

  /** Metric names of tenants with measurement and field, each once, with the first tenant that has it. */
  *metrics(
    tenants: readonly TenantId[],
  ): IterableIterator<{ tenant: TenantId; name: string; measurement: string; field: string }> {
    const seen = new Set<string>();
    for (const tenant of new Set(tenants)) {
      for (const split of this.#groups.metricNames(tenant).all()) {
        if (seen.has(split.name)) continue;
        seen.add(split.name);
        const { symbols } = this.#groups;
        yield {
          tenant,
          name: split.name,
          measurement: symbols.text(split.measurement),
          field: symbols.text(split.field),
        };
      }
    }
  }

  *#each(request: IdentityRequest, visit: (group: number, columns: readonly number[]) => boolean): Parts<void> {
    const selectors = request.selectors.length > 0 ? request.selectors : [[]];
    let goesOn = true;
    for (const tenant of new Set(request.tenants)) {
      for (const matchers of selectors) {
        if (!goesOn) return;
        yield* this.selector.each(tenant, matchers, (group, columns) => {
          if (this.#overlaps(group, request.fromMs, request.toMs)) goesOn = visit(group, columns);
          return goesOn;
        });
      }
    }
  }

  #handle(group: number, column: number): Series {
    const key = group * COLUMNS + column;
    const known = this.#handles.get(key);
    if (known) return known;
    if (this.#handles.size >= Math.max(MIN_HANDLES, this.#groups.seriesCount / SERIES_PER_HANDLE)) this.forgetHandles();
    const { symbols, schemas } = this.#groups;
    const field = symbols.text(schemas.fields(this.#groups.schema(group))[column]!);
    const measurement = symbols.text(this.#groups.measurement(group));
    const labels = withName(this.#name(group, column), this.#sortedLabels(group));
    const kind = this.declarations.kind(this.#groups.tenant(group), measurement, field);
    const generation = this.#groups.generation(group);
    const series = new Series(labels, kind, group, column, generation, this.declarations);
    this.#handles.set(key, series);
    return series;
  }

  #name(group: number, column: number): string {
    const field = this.#groups.schemas.fields(this.#groups.schema(group))[column]!;
    const tenant = this.#groups.tenant(group);
    return this.#groups.metricNames(tenant).split(this.#groups.measurement(group), field).name;
  }

  #sortedLabels(group: number): string[] {
    const known = this.#labels.get(group);
    if (known) return known;
    const pairs = this.#joined.isEmpty(this.#groups.tenant(group))
      ? this.#groups.tagTexts(group)
      : this.#joinedPairs(group);
    this.#labels.set(group, pairs);
    return pairs;
  }

  #joinedPairs(group: number): string[] {
    const byName = new Map<string, string>();
    this.selector.eachLabel(group, (name, value) => byName.set(name, value));
    const pairs: string[] = [];
    for (const name of [...byName.keys()].sort()) pairs.push(name, byName.get(name)!);
    return pairs;
  }
}

function withName(name: string, pairs: readonly string[]): string[] {
  let at = 0;
  while (at < pairs.length && pairs[at]! < '__name__') at += 2;
  return [...pairs.slice(0, at), '__name__', name, ...pairs.slice(at)];
}

function limited(list: string[], limit: number): string[] {
  return limit > 0 && list.length > limit ? list.slice(0, limit) : list;
}
