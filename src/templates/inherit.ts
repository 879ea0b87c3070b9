/**
 * Inheritance: parents in the order named, a later one over an earlier one, the template itself over all. Scalars,
 * tables, maps and metrics are replaced by name (null takes away); fact rules of the nearer template come first.
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

/** @throws TemplateError */
export function inherit(id: string, find: Find): ResolvedTemplate {
  const lineage: TemplateSource[] = [];
  collect(id, find, [], lineage);
  const scalars = new Map<string, string>();
  const tables = new Map<string, TableSource | null>();
  const maps = new Map<string, ReadonlyMap<string, string | number>>();
  const metrics = new Map<string, MetricSource | null>();
  const facts = new Map<FactName, FactRule[]>();
  let minimumIntervalS = 0;
  for (const source of lineage) {
    minimumIntervalS ||= source.interval ?? 0;
    addMissing(scalars, source.scalars);
    addMissing(tables, source.tables);
    addMissing(metrics, source.metrics);
    for (const [name, entries] of Object.entries(source.maps ?? {})) {
      if (!maps.has(name)) maps.set(name, new Map(Object.entries(entries)));
    }
    for (const [name, rules] of Object.entries(source.facts ?? {}) as [FactName, FactRule[]][]) {
      const known = facts.get(name);
      if (known) known.push(...rules);
      else facts.set(name, [...rules]);
    }
  }
  return {
    id,
    name: lineage[0]!.name,
    minimumIntervalS,
    scalars,
    tables: present(tables),
    maps,
    facts,
    metrics: present(metrics),
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

function addMissing<T>(into: Map<string, T>, from: Readonly<Record<string, T>> | undefined): void {
  for (const [name, value] of Object.entries(from ?? {})) if (!into.has(name)) into.set(name, value);
}

function present<T>(entries: ReadonlyMap<string, T | null>): Map<string, T> {
  const kept = new Map<string, T>();
  for (const [name, value] of entries) if (value !== null) kept.set(name, value);
  return kept;
}
