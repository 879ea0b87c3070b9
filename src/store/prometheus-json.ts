/** Answers of the Prometheus HTTP API other than query results: lists, label sets, metadata. */
import { type FieldKind, type FieldMetadata, metricName } from '../model/field.ts';
import type { LabelPairs } from '../model/series.ts';
import { type AnswerManners, serializeWithManners } from '../promql/prometheus-json.ts';
import type { QueryResult, QueryValue } from '../promql/query.ts';
import type { PrometheusAnswer } from './store.ts';

const TRUNCATED = 'results truncated due to limit';
const encoder = new TextEncoder();

/** The answer of a query; a `limit` above 0 cuts the number of series. @throws PromqlError when it is too large */
export async function queryAnswer(
  result: QueryResult,
  limit: number,
  manners: AnswerManners,
): Promise<PrometheusAnswer> {
  const value = limit > 0 ? cut(result.value, limit) : result.value;
  const warnings = value === result.value ? result.warnings : [...result.warnings, TRUNCATED];
  return { status: 200, body: await serializeWithManners({ ...result, value, warnings }, manners) };
}

function cut(value: QueryValue, limit: number): QueryValue {
  if (value.kind === 'series' && value.series.length > limit) return { ...value, series: value.series.slice(0, limit) };
  if (value.kind === 'matrix' && value.order.length > limit) return { ...value, order: value.order.subarray(0, limit) };
  if (value.kind === 'vector' && value.matrix.rows > limit) {
    value.matrix.rows = limit;
    return { ...value };
  }
  return value;
}

/** A list of strings (label names or values). */
export function listAnswer(items: readonly string[], limit: number): PrometheusAnswer {
  const isTruncated = limit > 0 && items.length > limit;
  return dataAnswer(isTruncated ? items.slice(0, limit) : items, isTruncated);
}

/** A list of label sets. */
export function seriesAnswer(series: readonly LabelPairs[], limit: number): PrometheusAnswer {
  const isTruncated = limit > 0 && series.length > limit;
  return dataAnswer((isTruncated ? series.slice(0, limit) : series).map(labelObject), isTruncated);
}

function labelObject(labels: LabelPairs): Record<string, string> {
  const object: Record<string, string> = Object.create(null);
  for (let i = 0; i < labels.length; i += 2) object[labels[i]!] = labels[i + 1]!;
  return object;
}

/** Prometheus has no state; a state is a gauge with few values. */
const METRIC_TYPES: Readonly<Record<FieldKind, string>> = {
  counter: 'counter',
  gauge: 'gauge',
  state: 'gauge',
  unknown: 'unknown',
};

/** Metadata by metric name, of at most so many metrics; a negative limit is none. */
export function metadataAnswer(
  fields: Iterable<FieldMetadata>,
  metric: string | undefined,
  limit: number,
): PrometheusAnswer {
  const data: Record<string, { type: string; help: string; unit: string }[]> = Object.create(null);
  let count = 0;
  for (const { measurement, field, kind, unit, help } of fields) {
    const name = metricName(measurement, field);
    if (metric !== undefined && name !== metric) continue;
    if (!data[name]) {
      if (limit >= 0 && count === limit) break;
      data[name] = [];
      count++;
    }
    data[name].push({ type: METRIC_TYPES[kind], help, unit });
  }
  return dataAnswer(data, false);
}

export function dataAnswer(data: unknown, isTruncated = false): PrometheusAnswer {
  const warnings = isTruncated ? { warnings: [TRUNCATED] } : {};
  return { status: 200, body: encoder.encode(JSON.stringify({ status: 'success', data, ...warnings })) };
}
