/**
 * A resolved template made ready to run: what to fetch (groups) and, for each metric and fact, closures over what was
 * fetched. Built once a template and shared by all its devices; it holds no device's state.
 */
import type { FieldMetadata } from '../model/field.ts';
import { compileExpression, compileText, type Names } from './expression.ts';
import { FAMILIES, familyMetadata } from './families.ts';
import type { ResolvedTemplate } from './inherit.ts';
import type { Evaluate } from './operators.ts';
import { type PlanGroup, PlanGroups, type Source } from './plan-groups.ts';
import type { FactName, FactRule, MetricSource, OutputSource } from './template.ts';
import { ExpressionError } from './tokens.ts';

/** Seconds between readings of what hardly changes. */
export const STATIC_INTERVAL_S = 1800;

export interface Output {
  readonly where?: Evaluate;
  readonly tags: readonly (readonly [string, Evaluate])[];
  readonly fields: readonly (readonly [string, Evaluate])[];
}

export interface Join {
  readonly group: number;
  readonly by: Evaluate;
}

export interface PlannedMetric {
  readonly id: string;
  readonly measurement: string;
  readonly unless: readonly string[];
  readonly combine?: NonNullable<MetricSource['combine']>;
  readonly sources: readonly Source[];
  readonly joins: readonly Join[];
  /** Groups read in every reading; rows are the indexes found in the walks among them. */
  readonly live: readonly number[];
  readonly isTable: boolean;
  /** Walks of names and types with the same index. */
  readonly statics: readonly number[];
  readonly where?: Evaluate;
  readonly outputs: readonly Output[];
}

export interface PlannedFact {
  readonly name: FactName;
  readonly rules: readonly PlannedFactRule[];
}

export interface PlannedFactRule {
  /** The walk whose rows are looked through; absent: only single objects. */
  readonly group?: number;
  readonly sources: readonly Source[];
  readonly where?: Evaluate;
  readonly text: Evaluate;
}

export interface Plan {
  readonly template: string;
  readonly minimumIntervalS: number;
  readonly groups: readonly PlanGroup[];
  /** Some OIDs begin with `~`, which stands for the sysObjectID of the device. */
  readonly isRelative: boolean;
  /** What the probe group asks: whether something lies at or below. */
  readonly probes: readonly string[];
  readonly metrics: readonly PlannedMetric[];
  readonly facts: readonly PlannedFact[];
  readonly fields: readonly FieldMetadata[];
}

/** What is wrong in a template beyond its shape, and where. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
  readonly path: readonly string[];

  constructor(message: string, path: readonly string[]) {
    super(message);
    this.path = path;
  }
}

/** @throws PlanError with the path of what is wrong */
export function buildPlan(template: ResolvedTemplate): Plan {
  return new Builder(template).build();
}

class Builder {
  readonly #template: ResolvedTemplate;
  readonly #groups = new PlanGroups();

  constructor(template: ResolvedTemplate) {
    this.#template = template;
  }

  build(): Plan {
    const metrics = [...this.#template.metrics].map(([id, metric]) =>
      this.#at(['metrics', id], () => this.#metric(id, metric)),
    );
    const facts = [...this.#template.facts].map(([name, rules]) => this.#fact(name, rules));
    return {
      template: this.#template.id,
      minimumIntervalS: this.#template.minimumIntervalS,
      groups: this.#groups.groups,
      isRelative: [...this.#groups.probes, ...this.#groups.groups.flatMap(({ oids }) => oids)].some((oid) =>
        oid.startsWith('~'),
      ),
      probes: this.#groups.probes,
      metrics: inOrder(metrics),
      facts,
      fields: fieldMetadata(this.#template.metrics.values()),
    };
  }

  #at<T>(path: readonly string[], run: () => T): T {
    try {
      return run();
    } catch (cause) {
      if (cause instanceof ExpressionError) throw new PlanError(cause.message, path);
      throw cause;
    }
  }

  /** Names of single objects of the whole template, and `now`. */
  #shared(sources: Source[], own: ReadonlyMap<string, () => Source>): Names {
    const slots = new Map<string, number>();
    const slot = (name: string): number | undefined => {
      const known = slots.get(name);
      if (known !== undefined) return known;
      const make = own.get(name);
      const scalar = this.#template.scalars.get(name);
      let source: Source;
      if (make) source = make();
      else if (name === 'now') source = { kind: 'now' };
      else if (scalar !== undefined) source = this.#groups.scalar(scalar, STATIC_INTERVAL_S, true);
      else return undefined;
      slots.set(name, sources.push(source) - 1);
      return sources.length - 1;
    };
    return {
      slot,
      map: (name) => this.#template.maps.get(name),
      known: [...own.keys(), ...this.#template.scalars.keys(), 'now'],
    };
  }

  #metric(id: string, metric: MetricSource): PlannedMetric {
    const intervalS = metric.interval ?? 0;
    const columns = Object.entries(metric.columns ?? {}).map(
      ([name, path]) => [name, wholeOid(metric.table, path, id)] as const,
    );
    const statics = Object.entries(metric.static ?? {}).map(
      ([name, path]) => [name, wholeOid(metric.table, path, id)] as const,
    );
    const isTable = columns.length > 0;
    const probe = this.#groups.probe(
      metric.present ?? (isTable ? (metric.table ?? columns[0]![1]) : Object.values(metric.scalars!)[0]!),
    );
    const own = new Map<string, () => Source>();
    const live = new Set<number>();
    const names = new Set<number>();
    for (const [name, oid] of columns) {
      const source = this.#groups.column(oid, intervalS, false, probe);
      live.add(source.group);
      own.set(name, () => source);
    }
    for (const [name, oid] of statics) {
      const source = this.#groups.column(oid, STATIC_INTERVAL_S, true, probe);
      names.add(source.group);
      own.set(name, () => source);
    }
    const scalarGroups = new Set<number>();
    for (const [name, oid] of Object.entries(metric.scalars ?? {})) {
      const source = this.#groups.scalar(oid, intervalS, false);
      scalarGroups.add((source as Source & { kind: 'scalar' }).group);
      own.set(name, () => source);
    }
    const joins = Object.entries(metric.joins ?? {});
    const joinGroups = joins.map(([name, join], i) => this.#joinTable(name, join.table, i, own, id));
    const sources: Source[] = [];
    const visible = this.#shared(sources, own);
    const path = (...rest: string[]) => ['metrics', id, ...rest];
    const planned: PlannedMetric = {
      id,
      measurement: metric.measurement,
      unless: metric.unless ?? [],
      ...(metric.combine ? { combine: metric.combine } : {}),
      sources,
      joins: joins.map(([name, join], i) => ({
        group: joinGroups[i]!,
        by: this.#at(path('joins', name), () => compileText(join.by, visible).evaluate),
      })),
      live: isTable ? [...live] : [...scalarGroups],
      isTable,
      statics: [...names],
      ...this.#where(metric.where, visible, path('where')),
      outputs: (metric.rows ?? [{}]).map((row, i) => {
        const place = metric.rows ? path('rows', String(i)) : path();
        const both = { ...row, tags: { ...metric.tags, ...row.tags }, fields: { ...metric.fields, ...row.fields } };
        return this.#output(metric, both, metric.rows ? row.where : undefined, visible, place);
      }),
    };
    for (const other of planned.unless) {
      if (!this.#template.metrics.has(other)) throw new PlanError(`there is no metric \`${other}\``, path('unless'));
    }
    return planned;
  }

  #joinTable(name: string, tableName: string, join: number, own: Map<string, () => Source>, id: string): number {
    const table = this.#template.tables.get(tableName);
    if (!table)
      throw new PlanError(`there is no table \`${tableName}\`; add it under \`tables:\``, [
        'metrics',
        id,
        'joins',
        name,
      ]);
    const columns = Object.entries(table.columns).map(
      ([column, path]) => [column, wholeOid(table.table, path, id)] as const,
    );
    const group = this.#table(table.table, columns);
    columns.forEach(([column]) => {
      const oid = columns.find(([other]) => other === column)![1];
      own.set(`${name}.${column}`, () => ({ kind: 'join', join, column: this.#groups.position(group, oid) }));
    });
    return group;
  }

  /** The walk of a table of `tables`. Its columns share one entry, so that they are one group. */
  #table(entry: string, columns: readonly (readonly [string, string])[]): number {
    const probe = this.#groups.probe(entry);
    let group = -1;
    for (const [name, oid] of columns) {
      const source = this.#groups.column(oid, STATIC_INTERVAL_S, true, probe);
      if (group >= 0 && source.group !== group) {
        throw new PlanError(`column \`${name}\` lies in another table than the first one`, ['tables']);
      }
      group = source.group;
    }
    return group;
  }

  #where(source: string | undefined, names: Names, path: readonly string[]): { where?: Evaluate } {
    if (source === undefined) return {};
    return { where: this.#at(path, () => compileExpression(source, names).evaluate) };
  }

  #output(
    metric: MetricSource,
    row: OutputSource,
    where: string | undefined,
    names: Names,
    path: readonly string[],
  ): Output {
    const family = FAMILIES[metric.measurement];
    const tags = Object.entries(row.tags ?? {});
    const missing = family?.tags.find((tag) => !(tag in (row.tags ?? {})) && tag !== 'ssid' && tag !== 'radio');
    if (missing) throw new PlanError(`\`${metric.measurement}\` needs the tag \`${missing}\``, path);
    const fields = Object.entries(row.fields ?? {});
    if (fields.length === 0) throw new PlanError('no fields', path);
    for (const [field] of fields) {
      if (!family?.fields[field] && !metric.declare?.[field]) {
        const has = Object.keys(family?.fields ?? {}).join(', ');
        throw new PlanError(
          `\`${metric.measurement}\` has no field \`${field}\`${has ? ` (it has ${has})` : ''}; describe it under \`declare:\``,
          [...path, 'fields', field],
        );
      }
    }
    return {
      ...this.#where(where, names, [...path, 'where']),
      tags: tags.map(([tag, text]) => [tag, this.#at([...path, 'tags', tag], () => compileText(text, names).evaluate)]),
      fields: fields.map(([field, source]) => [
        field,
        this.#at([...path, 'fields', field], () => compileExpression(source, names).evaluate),
      ]),
    };
  }

  #fact(name: FactName, rules: readonly FactRule[]): PlannedFact {
    return {
      name,
      rules: rules.map((rule, i) => this.#at(['facts', name, String(i)], () => this.#factRule(name, rule))),
    };
  }

  #factRule(name: FactName, rule: FactRule): PlannedFactRule {
    const sources: Source[] = [];
    if (typeof rule === 'string') {
      return { sources, text: compileText(rule, this.#shared(sources, new Map())).evaluate };
    }
    const table = this.#template.tables.get(rule.table);
    if (!table) throw new PlanError(`there is no table \`${rule.table}\`; add it under \`tables:\``, ['facts', name]);
    const columns = Object.entries(table.columns).map(
      ([column, path]) => [column, wholeOid(table.table, path, name)] as const,
    );
    const group = this.#table(table.table, columns);
    const own = new Map<string, () => Source>();
    for (const [column, oid] of columns) {
      own.set(column, () => ({ kind: 'cell', group, column: this.#groups.position(group, oid) }));
    }
    const names = this.#shared(sources, own);
    return {
      group,
      sources,
      ...this.#where(rule.where, names, ['facts', name]),
      text: compileText(rule.text, names).evaluate,
    };
  }
}

/** A path of fewer than six numbers lies below the table. */
function wholeOid(table: string | undefined, path: string, owner: string): string {
  if (path.startsWith('~') || path.split('.').length >= 6) return path;
  if (table === undefined)
    throw new PlanError(`column ${path} needs \`table\`, or give its whole OID`, ['metrics', owner, 'columns']);
  return `${table}.${path}`;
}

function fieldMetadata(metrics: Iterable<MetricSource>): FieldMetadata[] {
  const found = new Map<string, FieldMetadata>();
  for (const field of familyMetadata('interface')) found.set(`interface ${field.field}`, field);
  for (const { measurement, fields, rows, declare } of metrics) {
    const used = new Set([
      ...Object.keys(fields ?? {}),
      ...(rows ?? []).flatMap((row) => Object.keys(row.fields ?? {})),
    ]);
    for (const field of used) {
      const declaration = declare?.[field] ?? FAMILIES[measurement]?.fields[field];
      if (declaration) found.set(`${measurement} ${field}`, { measurement, field, ...declaration });
    }
  }
  return [...found.values()];
}

/** A metric that stands back for others comes after them; else the nearer template first. */
function inOrder(metrics: readonly PlannedMetric[]): PlannedMetric[] {
  const byId = new Map(metrics.map((metric) => [metric.id, metric]));
  const ordered = new Set<PlannedMetric>();
  const visit = (metric: PlannedMetric, path: readonly string[]): void => {
    if (ordered.has(metric)) return;
    if (path.includes(metric.id)) {
      throw new PlanError(`metrics stand back for each other in a circle: ${[...path, metric.id].join(', ')}`, [
        'metrics',
        metric.id,
        'unless',
      ]);
    }
    for (const other of metric.unless) visit(byId.get(other)!, [...path, metric.id]);
    ordered.add(metric);
  };
  for (const metric of metrics) visit(metric, []);
  return [...ordered];
}
