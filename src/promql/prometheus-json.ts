/** Query results in the exact bytes of the Prometheus HTTP API. */
import { finish, finishWithRests, type Manners, type Parts } from '../lib/parts.ts';
import type { LabelPairs } from '../model/series.ts';
import { ByteWriter } from './byte-writer.ts';
import { PromqlError } from './promql-error.ts';
import type { QueryResult, QueryValue } from './query.ts';

/** Bytes at first of an answer that may become large. */
const FIRST_BYTES = 8 << 20;
/** Samples of a series that are written in one go. */
const PART_SAMPLES = 4096;

/** How a large answer is written: not beyond a size, and with rests, so that the thread hears others. */
export interface AnswerManners extends Manners {
  readonly maxBytes: number;
  /** Name of the setting of `maxBytes`, for the error. */
  readonly sizeSetting: string;
}

/** The body of a successful answer. */
export function serializeResult(result: QueryResult): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter(estimate(result.value));
  finish(writeResult(writer, result));
  return writer.result();
}

/** The same for results of any size. @throws PromqlError of kind `limit` when the answer would be too large */
export async function serializeWithManners(
  result: QueryResult,
  manners: AnswerManners,
): Promise<Uint8Array<ArrayBuffer>> {
  const writer = new ByteWriter(Math.min(estimate(result.value), FIRST_BYTES));
  return writeWithManners(writer, writeResult(writer, result), manners);
}

/** Has an answer written part by part. @throws PromqlError of kind `limit` when it would be too large */
export async function writeWithManners(
  writer: ByteWriter,
  parts: Parts<void>,
  manners: AnswerManners,
): Promise<Uint8Array<ArrayBuffer>> {
  await finishWithRests(parts, manners, () => {
    if (writer.length <= manners.maxBytes) return;
    const limit = `more than ${manners.maxBytes} bytes (setting ${manners.sizeSetting})`;
    throw new PromqlError('limit', `the answer has ${limit}; ask for fewer series, a longer step or a shorter range`);
  });
  return writer.result();
}

/** Stops after every part, which is a row or so. */
function* writeResult(writer: ByteWriter, result: QueryResult): Parts<void> {
  writer.ascii('{"status":"success","data":{"resultType":"');
  yield* writeValue(writer, result.value);
  writer.ascii('}');
  writeList(writer, 'warnings', result.warnings);
  writeList(writer, 'infos', result.infos);
  writer.ascii('}');
}

/** A first guess of the size, so that large answers grow rarely. */
function estimate(value: QueryValue): number {
  if (value.kind !== 'vector' && value.kind !== 'matrix') return 4096;
  const { rows, steps } = value.matrix;
  return 256 + rows * (128 + steps * 34);
}

function* writeValue(writer: ByteWriter, value: QueryValue): Parts<void> {
  switch (value.kind) {
    case 'scalar':
      writer.ascii('scalar","result":[');
      writer.timestamp(value.timeMs);
      writer.ascii(',"');
      writer.float(value.value);
      writer.ascii('"]');
      return;
    case 'string':
      writer.ascii('string","result":[');
      writer.timestamp(value.timeMs);
      writer.ascii(',');
      writer.text(value.value);
      writer.ascii(']');
      return;
    case 'vector':
      writer.ascii('vector","result":[');
      yield* writeVector(writer, value);
      break;
    case 'matrix':
      writer.ascii('matrix","result":[');
      yield* writeMatrix(writer, value);
      break;
    case 'series':
      writer.ascii('matrix","result":[');
      yield* writeSeries(writer, value);
      break;
  }
  writer.ascii(']');
}

function* writeVector(writer: ByteWriter, { matrix, timeMs }: Extract<QueryValue, { kind: 'vector' }>): Parts<void> {
  const prefix = new ByteWriter(64);
  prefix.ascii('},"value":[');
  prefix.timestamp(timeMs);
  prefix.ascii(',"');
  for (let row = 0; row < matrix.rows; row++) {
    writer.ascii(row === 0 ? '{"metric":{' : ',{"metric":{');
    writeLabels(writer, matrix.labels[row]!);
    writer.copy(prefix.bytes, 0, prefix.length);
    writer.float(matrix.values[row]!);
    writer.ascii('"]}');
    yield;
  }
}

function* writeMatrix(
  writer: ByteWriter,
  { matrix, grid, order }: Extract<QueryValue, { kind: 'matrix' }>,
): Parts<void> {
  const { steps, values, present } = matrix;
  // `,[1700000000.123,"` of every step; the comma is skipped at the first sample of a series.
  const prefixes = new ByteWriter(steps * 24);
  const ends = new Int32Array(steps + 1);
  for (let k = 0; k < steps; k++) {
    prefixes.ascii(',[');
    prefixes.timestamp(grid.startMs + k * grid.stepMs);
    prefixes.ascii(',"');
    ends[k + 1] = prefixes.length;
  }
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    writer.ascii(i === 0 ? '{"metric":{' : ',{"metric":{');
    writeLabels(writer, matrix.labels[row]!);
    writer.ascii('},"values":[');
    const base = row * steps;
    let skip = 1;
    for (let k = 0; k < steps; k++) {
      if (present[base + k] === 0) continue;
      writer.copy(prefixes.bytes, ends[k]! + skip, ends[k + 1]!);
      writer.float(values[base + k]!);
      writer.ascii('"]');
      skip = 0;
    }
    writer.ascii(']}');
    yield;
  }
}

function* writeSeries(writer: ByteWriter, { series }: Extract<QueryValue, { kind: 'series' }>): Parts<void> {
  for (const [i, { labels, times, values }] of series.entries()) {
    writer.ascii(i === 0 ? '{"metric":{' : ',{"metric":{');
    writeLabels(writer, labels);
    writer.ascii('},"values":[');
    for (let k = 0; k < times.length; k++) {
      writer.ascii(k === 0 ? '[' : ',[');
      writer.timestamp(times[k]!);
      writer.ascii(',"');
      writer.float(values[k]!);
      writer.ascii('"]');
      if (k % PART_SAMPLES === PART_SAMPLES - 1) yield;
    }
    writer.ascii(']}');
    yield;
  }
}

export function writeLabels(writer: ByteWriter, labels: LabelPairs): void {
  for (let i = 0; i < labels.length; i += 2) {
    if (i > 0) writer.ascii(',');
    writer.text(labels[i]!);
    writer.ascii(':');
    writer.text(labels[i + 1]!);
  }
}

export function writeList(writer: ByteWriter, name: string, list: readonly string[]): void {
  if (list.length === 0) return;
  writer.ascii(`,"${name}":[`);
  list.forEach((item, i) => {
    if (i > 0) writer.ascii(',');
    writer.text(item);
  });
  writer.ascii(']');
}
