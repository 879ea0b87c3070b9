/**
 * From answers of the store (Prometheus JSON, a series a field) back to rows: what one row group held at one time, with
 * the percentages that follow from used and total.
 */
import { type FieldMetadata, metricName } from '../model/field.ts';
import { Refusal } from '../model/refusal.ts';
import type { PrometheusAnswer } from '../store/store.ts';

type Labels = Readonly<Record<string, string>>;
/** `[Unix seconds, value]` */
type Sample = readonly [number, string];

export interface Series {
  readonly metric: Labels;
  readonly value?: Sample;
  readonly values?: readonly Sample[];
}

export interface MeasuredRow {
  readonly measurement: string;
  readonly tags: Labels;
  readonly timestamp: Date;
  readonly fields: Record<string, number | null>;
}

/** The store said no to a query that we made: not the client's fault. */
export class StoreAnswerError extends Error {
  override readonly name = 'StoreAnswerError';
}

/** @throws StoreAnswerError; Refusal when the store is not ready */
export function seriesOf(answer: PrometheusAnswer): readonly Series[] {
  const body = JSON.parse(new TextDecoder().decode(answer.body)) as {
    status: string;
    error?: string;
    data?: { result: readonly Series[] };
  };
  if (answer.status === 503) throw new Refusal('unavailable', body.error ?? 'The store is not ready: try again.');
  if (body.status !== 'success' || !body.data) throw new StoreAnswerError(body.error ?? `status ${answer.status}`);
  return body.data.result;
}

type Split = (metric: string) => { measurement: string; field: string };

/** Tells measurement and field apart: by what is declared, else at the first underscore. */
export function metricSplitter(fields: readonly FieldMetadata[]): Split {
  const known = new Map(fields.map((entry) => [metricName(entry.measurement, entry.field), entry]));
  const measurements = [...new Set(fields.map((entry) => entry.measurement))].sort((a, b) => b.length - a.length);
  return (metric) => {
    const declared = known.get(metric);
    if (declared) return { measurement: declared.measurement, field: declared.field };
    const measurement = measurements.find((name) => metric.startsWith(`${name}_`)) ?? metric.split('_', 1)[0] ?? metric;
    return { measurement, field: metric.slice(measurement.length + 1) };
  };
}

export interface RowsOptions {
  readonly split: Split;
  /** Joined labels, which are no tags. */
  readonly hidden: ReadonlySet<string>;
}

/** Rows by time, then measurement and tags. */
export function rowsOf(series: readonly Series[], options: RowsOptions): MeasuredRow[] {
  const rows = new Map<string, MeasuredRow>();
  for (const { metric, value, values } of series) {
    const { measurement, field } = options.split(metric.__name__ ?? '');
    const tags = Object.fromEntries(
      Object.entries(metric).filter(([name]) => name !== '__name__' && !options.hidden.has(name)),
    );
    const group = JSON.stringify([measurement, tags]);
    for (const [seconds, text] of values ?? (value ? [value] : [])) {
      const key = `${seconds} ${group}`;
      const row = rows.get(key) ?? { measurement, tags, timestamp: new Date(seconds * 1000), fields: {} };
      row.fields[field === '' ? 'value' : field] = numberOf(text);
      rows.set(key, row);
    }
  }
  const sorted = [...rows.values()].sort((a, b) => a.timestamp.getTime() - b.timestamp.getTime());
  for (const row of sorted) addPercentages(row.fields);
  return sorted;
}

/** JSON has no infinities and no NaN. */
function numberOf(text: string): number | null {
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** `used_bytes` of `total_bytes` is `used_percent`, `inodes_used` of `inodes_total` is `inodes_used_percent`. */
function addPercentages(fields: Record<string, number | null>): void {
  for (const [name, used] of Object.entries(fields)) {
    const totalName = name === 'active' ? 'limit' : name.replace(/(^|_)used(?=_|$)/, '$1total');
    const total = fields[totalName];
    if (totalName === name || used === null || total === null || total === undefined || total <= 0) continue;
    const percentName = `${name.replace(/_bytes$/, '')}_percent`;
    fields[percentName] ??= Math.round((used / total) * 10_000) / 100;
  }
}
