/** One metric of a plan over what was fetched → rows. */
import type { RowContext } from './operators.ts';
import type { PlannedFact, PlannedMetric } from './plan.ts';
import type { Source } from './plan-groups.ts';
import type { GroupData, PolledRow } from './poll-plan.ts';
import { isTrue, toNumber, toText, type Value } from './value.ts';

/** What is at hand when metrics and facts are computed. */
export interface Readings {
  /** What was last fetched of a group. */
  data(group: number): GroupData | undefined;
  /** Seconds since 1970. */
  readonly nowS: number;
  ifname(ifIndex: number): string | undefined;
}

/** Rows of a table that nobody can name yet: their names should be read again. */
export type Unnamed = (group: number) => void;

const EMPTY: readonly Value[] = [];

/** A row of a table (or no table) as expressions see it. Reused from row to row. */
class Row implements RowContext {
  readonly #readings: Readings;
  readonly #metric: Pick<PlannedMetric, 'sources' | 'joins'>;
  readonly #joined: (readonly Value[] | undefined)[];
  index = '';
  parts: readonly number[] = [];

  constructor(readings: Readings, metric: Pick<PlannedMetric, 'sources' | 'joins'>) {
    this.#readings = readings;
    this.#metric = metric;
    this.#joined = new Array(metric.joins.length);
  }

  move(index: string): void {
    this.index = index;
    this.parts = index === '' ? [] : index.split('.').map(Number);
    this.#joined.fill(undefined);
  }

  slot(slot: number): Value {
    const source: Source = this.#metric.sources[slot]!;
    switch (source.kind) {
      case 'cell':
        return this.#readings.data(source.group)?.get(this.index)?.[source.column];
      case 'scalar':
        return this.#readings.data(source.group)?.get('')?.[source.position];
      case 'now':
        return this.#readings.nowS;
      case 'join':
        return this.#join(source.join)[source.column];
    }
  }

  #join(join: number): readonly Value[] {
    const known = this.#joined[join];
    if (known) return known;
    // Set first: a join may use another one, but not itself.
    this.#joined[join] = EMPTY;
    const { group, by } = this.#metric.joins[join]!;
    const index = toText(by(this));
    const cells = index === undefined ? undefined : this.#readings.data(group)?.get(index);
    const found = cells ?? EMPTY;
    this.#joined[join] = found;
    return found;
  }

  ifname(ifIndex: number): string | undefined {
    return this.#readings.ifname(ifIndex);
  }
}

interface Draft {
  readonly index: string;
  readonly tags: Record<string, string>;
  readonly fields: Record<string, number>;
}

/** Rows of one metric. `unnamed` hears of static walks that lack a row. */
export function metricRows(metric: PlannedMetric, readings: Readings, unnamed: Unnamed): PolledRow[] {
  const row = new Row(readings, metric);
  const drafts: Draft[] = [];
  for (const index of rowIndexes(metric, readings)) {
    row.move(index);
    for (const group of metric.statics) if (!readings.data(group)?.has(index)) unnamed(group);
    if (metric.where && !isTrue(metric.where(row))) continue;
    for (const output of metric.outputs) {
      if (output.where && !isTrue(output.where(row))) continue;
      const fields = readFields(output.fields, row);
      if (!fields) continue;
      const tags = readTags(output.tags, row);
      if (tags) drafts.push({ index, tags, fields });
    }
  }
  return (metric.combine ? combined(drafts, metric.combine) : distinct(drafts)).map(({ tags, fields }) => ({
    measurement: metric.measurement,
    tags,
    fields,
  }));
}

function rowIndexes(metric: PlannedMetric, readings: Readings): Iterable<string> {
  if (!metric.isTable) return [''];
  const [first, ...others] = metric.live;
  const indexes = readings.data(first!)?.keys() ?? [];
  if (others.length === 0) return indexes;
  const all = new Set(indexes);
  for (const group of others) for (const index of readings.data(group)?.keys() ?? []) all.add(index);
  return all;
}

function readFields(fields: PlannedMetric['outputs'][number]['fields'], row: Row): Record<string, number> | undefined {
  const found: Record<string, number> = {};
  let any = false;
  for (const [field, evaluate] of fields) {
    const value = toNumber(evaluate(row));
    if (value === undefined || !Number.isFinite(value)) continue;
    // Sums of scaled integers: what lies beyond 12 digits is rounding, not reading.
    found[field] = Number.isInteger(value) ? value : Number(value.toPrecision(12));
    any = true;
  }
  return any ? found : undefined;
}

function readTags(tags: PlannedMetric['outputs'][number]['tags'], row: Row): Record<string, string> | undefined {
  const found: Record<string, string> = {};
  for (const [tag, evaluate] of tags) {
    const text = toText(evaluate(row));
    if (text === undefined) return undefined;
    found[tag] = text;
  }
  return found;
}

export function tagKey(tags: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Rows that share all tags are told apart by their index, all of them, so that none changes its name with the others. */
function distinct(drafts: readonly Draft[]): Draft[] {
  const count = new Map<string, number>();
  const keys = drafts.map(({ tags }) => tagKey(tags));
  for (const key of keys) count.set(key, (count.get(key) ?? 0) + 1);
  return drafts.map((draft, i) => {
    if (count.get(keys[i]!) === 1) return draft;
    const [name] = Object.keys(draft.tags);
    if (name === undefined) return draft;
    return { ...draft, tags: { ...draft.tags, [name]: `${draft.tags[name]} #${draft.index}` } };
  });
}

function combined(drafts: readonly Draft[], how: NonNullable<PlannedMetric['combine']>): Draft[] {
  const groups = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const key = tagKey(draft.tags);
    const group = groups.get(key);
    if (group) group.push(draft);
    else groups.set(key, [draft]);
  }
  return [...groups.values()].map((group) => {
    const fields: Record<string, number> = {};
    for (const field of new Set(group.flatMap((draft) => Object.keys(draft.fields)))) {
      const values = group.map((draft) => draft.fields[field]).filter((value) => value !== undefined);
      fields[field] = reduce(values, how);
    }
    return { ...group[0]!, fields };
  });
}

function reduce(values: readonly number[], how: NonNullable<PlannedMetric['combine']>): number {
  switch (how) {
    case 'first':
      return values[0]!;
    case 'max':
      return Math.max(...values);
    case 'min':
      return Math.min(...values);
    case 'sum':
      return values.reduce((sum, value) => sum + value, 0);
    case 'mean':
      return Number((values.reduce((sum, value) => sum + value, 0) / values.length).toPrecision(12));
  }
}

/** A fact: what the first rule says that says anything. */
export function factText(fact: PlannedFact, readings: Readings): string | undefined {
  for (const rule of fact.rules) {
    const row = new Row(readings, { sources: rule.sources, joins: [] });
    const indexes = rule.group === undefined ? [''] : (readings.data(rule.group)?.keys() ?? []);
    for (const index of indexes) {
      row.move(index);
      if (rule.where && !isTrue(rule.where(row))) continue;
      const text = toText(rule.text(row));
      if (text !== undefined && text !== '') return text;
    }
  }
  return undefined;
}
