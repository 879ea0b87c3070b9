/** Answers of the Prometheus HTTP API other than query results: lists, label sets, metadata. */
import type { Parts } from '../lib/parts.ts';
import { type FieldKind, type FieldMetadata, metricName } from '../model/field.ts';
import type { LabelPairs } from '../model/series.ts';
import { ByteWriter } from '../promql/byte-writer.ts';
import {
  type AnswerManners,
  serializeWithManners,
  writeLabels,
  writeList,
  writeWithManners,
} from '../promql/prometheus-json.ts';
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

/** A list of strings (label names or values). @throws PromqlError when it is too large */
export function listAnswer(items: readonly string[], limit: number, manners: AnswerManners): Promise<PrometheusAnswer> {
  return listed(items, limit, manners, (writer, item) => writer.text(item));
}

/** A list of label sets. @throws PromqlError when it is too large */
export function seriesAnswer(
  series: readonly LabelPairs[],
  limit: number,
  manners: AnswerManners,
): Promise<PrometheusAnswer> {
  return listed(series, limit, manners, (writer, labels) => {
    writer.ascii('{');
    writeLabels(writer, labels);
    writer.ascii('}');
  });
}

async function listed<T>(
  items: readonly T[],
  limit: number,
  manners: AnswerManners,
  write: (writer: ByteWriter, item: T) => void,
): Promise<PrometheusAnswer> {
  const writer = new ByteWriter();
  const count = limit > 0 ? Math.min(limit, items.length) : items.length;
  function* parts(): Parts<void> {
    writer.ascii('{"status":"success","data":[');
    for (let i = 0; i < count; i++) {
      if (i > 0) writer.ascii(',');
      write(writer, items[i]!);
      yield;
    }
    writer.ascii(']');
    writeList(writer, 'warnings', count < items.length ? [TRUNCATED] : []);
    writer.ascii('}');
  }
  return { status: 200, body: await writeWithManners(writer, parts(), manners) };
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
  return dataAnswer(data);
}

export function dataAnswer(data: unknown): PrometheusAnswer {
  return { status: 200, body: encoder.encode(JSON.stringify({ status: 'success', data })) };
}
