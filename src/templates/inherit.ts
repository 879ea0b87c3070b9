/**
 * Inheritance: parents in the order named, a later one over an earlier one, the template itself over all. Roots,
 * scalars, tables, maps and metrics are replaced by name (null takes away); fact rules of the nearer template come
 * first. A root that the nearer template moves takes along all that is inherited below it.
 */
import type { FactName, FactRule, MetricSource, TableSource, TemplateSource } from './template.ts';

export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

export interface ResolvedTemplate {
  readonly id: string;
  readonly name: string;
  readonly minimumIntervalS: number;
  readonly scalars: ReadonlyMap<string, string>;
  readonly tables: ReadonlyMap<string, TableSource>;
  readonly maps: ReadonlyMap<string, ReadonlyMap<string, string | number>>;
  readonly facts: ReadonlyMap<FactName, readonly FactRule[]>;
  /** Nearer templates first: of two rows with the same tags the first is kept. */
  readonly metrics: ReadonlyMap<string, MetricSource>;
  /** This template and all that it inherits, nearest first. */
  readonly lineage: readonly string[];
}

type Find = (id: string) => TemplateSource | undefined;

/** A fact rule that stands for those of the parents; without it they come last. */
const INHERITED = 'inherited';

/** @throws TemplateError */
export function inherit(id: string, find: Find): ResolvedTemplate {
  const lineage: TemplateSource[] = [];
  collect(id, find, [], lineage);
  const scalars = new Map<string, string>();
  const tables = new Map<string, TableSource | null>();
  const maps = new Map<string, ReadonlyMap<string, string | number>>();
  const metrics = new Map<string, MetricSource | null>();
  const facts = new Map<FactName, FactRule[]>();
  const roots = new Map<string, string>();
  let minimumIntervalS = 0;
  for (const source of lineage) {
    minimumIntervalS ||= source.interval ?? 0;
    addMissing(roots, source.roots);
    addMissing(scalars, source.scalars);
    addMissing(tables, source.tables);
    addMissing(metrics, source.metrics);
    for (const [name, entries] of Object.entries(source.maps ?? {})) {
      if (!maps.has(name)) maps.set(name, new Map(Object.entries(entries)));
    }
    for (const [name, rules] of Object.entries(source.facts ?? {}) as [FactName, FactRule[]][]) {
      facts.set(name, behind(facts.get(name) ?? [INHERITED], rules));
    }
  }
  for (const [name, rules] of facts) {
    facts.set(
      name,
      rules.filter((rule) => rule !== INHERITED),
    );
  }
  return {
    id,
    name: lineage[0]!.name,
    minimumIntervalS,
    scalars: rooted(scalars, (path) => place(path, roots, id)),
    tables: rooted(present(tables), (table) => placeTable(table, roots, id)),
    maps,
    facts,
    metrics: rooted(present(metrics), (metric) => placeMetric(metric, roots, id)),
    lineage: lineage.map((source) => source.id),
  };
}

/** Nearest first, each once: the template, then its last parent with all of its own, and so on. */
function collect(id: string, find: Find, path: readonly string[], lineage: TemplateSource[]): void {
  if (path.includes(id)) throw new TemplateError(`templates inherit in a circle: ${[...path, id].join(' → ')}`);
  const source = find(id);
  if (!source) {
    const from = path.at(-1);
    throw new TemplateError(from ? `${from} inherits ${id}, which does not exist` : `there is no template ${id}`);
  }
  if (lineage.includes(source)) return;
  lineage.push(source);
  for (const parent of (source.inherits ?? []).toReversed()) collect(parent, find, [...path, id], lineage);
}

/** A parent's rules where the nearer template leaves room for them. Exactly one place stays for the parent's parents. */
function behind(known: readonly FactRule[], rules: readonly FactRule[]): FactRule[] {
  const own = rules.includes(INHERITED) ? rules : [...rules, INHERITED];
  return known.flatMap((rule) => (rule === INHERITED ? own : [rule]));
}

function addMissing<T>(into: Map<string, T>, from: Readonly<Record<string, T>> | undefined): void {
  for (const [name, value] of Object.entries(from ?? {})) if (!into.has(name)) into.set(name, value);
}

function present<T>(entries: ReadonlyMap<string, T | null>): Map<string, T> {
  const kept = new Map<string, T>();
  for (const [name, value] of entries) if (value !== null) kept.set(name, value);
  return kept;
}

function rooted<T>(entries: ReadonlyMap<string, T>, put: (entry: T) => T): Map<string, T> {
  return new Map([...entries].map(([name, entry]) => [name, put(entry)]));
}

type Roots = ReadonlyMap<string, string>;

/** An OID with the root's numbers for its name. Numbers and `~` stay. */
function place(path: string, roots: Roots, id: string): string {
  const name = /^[a-z][a-z0-9_]*/.exec(path)?.[0];
  if (name === undefined) return path;
  const root = roots.get(name);
  if (root === undefined)
    throw new TemplateError(`${id}: there is no root \`${name}\` for ${path}; add it under \`roots:\``);
  return root + path.slice(name.length);
}

function placeAll(paths: Readonly<Record<string, string>>, roots: Roots, id: string): Record<string, string> {
  return Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, place(path, roots, id)]));
}

function placeTable(table: TableSource, roots: Roots, id: string): TableSource {
  return { table: place(table.table, roots, id), columns: placeAll(table.columns, roots, id) };
}

function placeMetric(metric: MetricSource, roots: Roots, id: string): MetricSource {
  const { present, table, columns, static: names, scalars } = metric;
  return {
    ...metric,
    ...(present ? { present: place(present, roots, id) } : {}),
    ...(table ? { table: place(table, roots, id) } : {}),
    ...(columns ? { columns: placeAll(columns, roots, id) } : {}),
    ...(names ? { static: placeAll(names, roots, id) } : {}),
    ...(scalars ? { scalars: placeAll(scalars, roots, id) } : {}),
  };
}
