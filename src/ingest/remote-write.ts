/**
 * Prometheus remote write 1.0: a `prometheus.WriteRequest` (prompb/remote.proto, prompb/types.proto).
 *
 *   WriteRequest    1 timeseries*  3 metadata*
 *   TimeSeries      1 labels*  2 samples*  3 exemplars*  4 histograms*
 *   Label           1 name  2 value
 *   Sample          1 value (double)  2 timestamp (int64, ms)
 *   MetricMetadata  1 type  2 metric_family_name  4 help  5 unit
 *
 * The metric `n` becomes measurement `n` with the empty field. The bytes of the labels serve as the row group's raw key:
 * they start with 0x0a, as no line-protocol key can. Values are copied bit for bit, for stale markers are NaNs with a
 * payload. Exemplars and native histograms are counted and not stored.
 */
import type { FieldKind, FieldMetadata } from '../model/field.ts';
import type { RowSink } from '../model/row-sink.ts';
import type { TenantId } from '../model/tenant.ts';
import type { FieldLayouts } from './field-layout.ts';
import { hashBytes, RowSyntaxError } from './key.ts';
import { type IngestLimits, limitReason } from './limits.ts';
import { ProtobufError, ProtobufReader, WIRE } from './protobuf.ts';
import { errorReason, refusalReason } from './refusal.ts';
import { checkName, checkValue } from './row-writer.ts';
import type { IngestTally } from './tally.ts';

const FIELD = { timeseries: 1, metadata: 3 } as const;
const SERIES = { labels: 1, samples: 2, exemplars: 3, histograms: 4 } as const;
const METADATA = { type: 1, family: 2, help: 4, unit: 5 } as const;
/** `MetricMetadata.MetricType` */
const TYPE = { counter: 1, gauge: 2, histogram: 3, summary: 5, info: 6, stateset: 7 } as const;

/** Declarations that are taken from one body. */
const MAX_METADATA = 10_000;
/** Bytes that are looked at of a text of metadata. */
const MAX_METADATA_TEXT = 4_096;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** How far a body is read: a series may be longer than a slice. Other bodies are read in between, so each has its own. */
export class SeriesCursor {
  labelsStart = 0;
  labelsEnd = 0;
  /** Where the series ends; behind it stands the next field of the request. */
  end = 0;
  samples = 0;
}

export class RemoteWriteParser {
  readonly #sink: RowSink;
  readonly #limits: IngestLimits;
  readonly #layouts: FieldLayouts;
  readonly #columns = new Uint16Array(1);
  readonly #value = new Float64Array(1);
  readonly #valueBytes = new Uint8Array(this.#value.buffer);

  constructor(sink: RowSink, limits: IngestLimits, layouts: FieldLayouts) {
    this.#sink = sink;
    this.#layouts = layouts;
    this.#limits = limits;
  }

  /**
   * Reads series from byte `from` on until `softEnd`; returns where to go on. A series counts as a line. Metadata is
   * appended to `metadata`. @throws ProtobufError
   */
  parse(
    tenant: TenantId,
    bytes: Uint8Array,
    from: number,
    softEnd: number,
    tally: IngestTally,
    metadata: FieldMetadata[],
    series: SeriesCursor,
  ): number {
    const reader = new ProtobufReader(bytes);
    reader.at = from;
    while (reader.at < softEnd) {
      if (reader.at < series.end) {
        this.#series(tenant, reader, series, softEnd, tally);
        continue;
      }
      if (!reader.next(reader.end)) break;
      if (reader.field === FIELD.timeseries && reader.wire === WIRE.bytes) {
        tally.line++;
        series.labelsStart = reader.at;
        series.labelsEnd = reader.at;
        series.end = reader.contentEnd;
        series.samples = 0;
        this.#series(tenant, reader, series, softEnd, tally);
      } else if (reader.field === FIELD.metadata && reader.wire === WIRE.bytes) {
        const end = reader.contentEnd;
        if (metadata.length < MAX_METADATA) metadata.push(...readMetadata(reader, end));
        else tally.ignored++;
        reader.at = end;
      } else reader.skip(reader.end);
    }
    return reader.at;
  }

  /** Reads a series from where the reader stands, to its end or about to `softEnd`. */
  #series(tenant: TenantId, reader: ProtobufReader, series: SeriesCursor, softEnd: number, tally: IngestTally): void {
    const { bytes } = reader;
    const { end } = series;
    // Whatever was found in an earlier slice may be gone by now.
    let group = -1;
    while (reader.next(end)) {
      const contentEnd = reader.contentEnd;
      if (reader.wire !== WIRE.bytes) {
        reader.skip(end);
        continue;
      }
      if (reader.field === SERIES.labels) {
        if (series.samples > 0) throw new ProtobufError('labels after the samples of their series');
        series.labelsEnd = contentEnd;
      } else if (reader.field === SERIES.samples) {
        if (group < 0) group = this.#group(tenant, bytes, series.labelsStart, series.labelsEnd, tally);
        if (group < 0) {
          reader.at = end;
          return;
        }
        this.#sample(reader, contentEnd, group, tally);
        series.samples++;
      } else if (reader.field === SERIES.exemplars || reader.field === SERIES.histograms) tally.ignored++;
      reader.at = contentEnd;
      if (reader.at >= softEnd && reader.at < end) return;
    }
    if (series.samples === 0) tally.acceptedRows++;
  }

  /** The row group of the labels in [start, end), or -1 after a refusal. */
  #group(tenant: TenantId, bytes: Uint8Array, start: number, end: number, tally: IngestTally): number {
    const hash = hashBytes(bytes, start, end);
    const known = this.#sink.find(tenant, bytes, start, end, hash);
    if (known >= 0) return known;
    try {
      const { name, tags } = readLabels(bytes, start, end, this.#limits);
      const group = this.#sink.intern(tenant, bytes, start, end, hash, name, tags);
      this.#layouts.forget(group);
      return group;
    } catch (error) {
      const reason = errorReason(error);
      if (reason === undefined) throw error;
      tally.refuse(tally.line, reason);
      return -1;
    }
  }

  #sample(reader: ProtobufReader, end: number, group: number, tally: IngestTally): void {
    let timeMs = 0;
    this.#value[0] = 0;
    while (reader.next(end)) {
      if (reader.field === 1 && reader.wire === WIRE.fixed64) {
        for (let i = 0; i < 8; i++) this.#valueBytes[i] = reader.bytes[reader.at + i]!;
        reader.at = reader.contentEnd;
      } else if (reader.field === 2 && reader.wire === WIRE.varint) timeMs = reader.int64(end);
      else reader.skip(end);
    }
    try {
      this.#columns[0] = this.#sink.column(group, '');
      const refusal = this.#sink.row(group, timeMs, this.#columns, this.#value, 1);
      if (refusal !== 0) tally.refuse(tally.line, tally.spells ? refusalReason(this.#sink, refusal, timeMs) : '');
      else {
        tally.acceptedRows++;
        tally.acceptedSamples++;
      }
    } catch (error) {
      const reason = errorReason(error);
      if (reason === undefined) throw error;
      tally.refuse(tally.line, reason);
    }
  }
}

function readLabels(
  bytes: Uint8Array,
  start: number,
  end: number,
  limits: IngestLimits,
): { name: string; tags: string[] } {
  const reader = new ProtobufReader(bytes);
  reader.at = start;
  let name = '';
  const tags: string[] = [];
  while (reader.next(end)) {
    const labelEnd = reader.contentEnd;
    if (reader.field !== SERIES.labels || reader.wire !== WIRE.bytes)
      throw new RowSyntaxError('labels and samples are mixed');
    const [label, value] = readLabel(reader, labelEnd);
    if (label === '__name__') name = value;
    else if (value !== '') {
      if (tags.length >= 2 * limits.tagsPerRow) throw new RowSyntaxError(limitReason(limits, 'tagsPerRow'));
      tags.push(checkName(label, 'label name', limits), checkValue(value, `value of label ${label}`, limits));
    }
  }
  if (name === '') throw new RowSyntaxError('a series without the label __name__');
  return { name: checkName(name, 'metric name', limits), tags };
}

function readLabel(reader: ProtobufReader, end: number): [name: string, value: string] {
  let name = '';
  let value = '';
  while (reader.next(end)) {
    if (reader.wire === WIRE.bytes && reader.field === 1) name = readText(reader);
    else if (reader.wire === WIRE.bytes && reader.field === 2) value = readText(reader);
    else reader.skip(end);
  }
  return [name, value];
}

function readText(reader: ProtobufReader): string {
  const bytes = reader.bytes.subarray(reader.at, reader.contentEnd);
  reader.at = reader.contentEnd;
  try {
    return utf8.decode(bytes);
  } catch {
    throw new RowSyntaxError('a label is not valid UTF-8');
  }
}

/** A family's declaration, spread over the metrics that are stored of it. */
function readMetadata(reader: ProtobufReader, end: number): FieldMetadata[] {
  let type = 0;
  let family = '';
  let help = '';
  let unit = '';
  while (reader.next(end)) {
    if (reader.field === METADATA.type && reader.wire === WIRE.varint) type = reader.varint(end);
    else if (reader.wire !== WIRE.bytes) reader.skip(end);
    else if (reader.field === METADATA.family) family = readMetadataText(reader);
    else if (reader.field === METADATA.help) help = readMetadataText(reader);
    else if (reader.field === METADATA.unit) unit = readMetadataText(reader);
    else reader.skip(end);
  }
  if (family === '') return [];
  const declare = (suffix: string, kind: FieldKind): FieldMetadata => ({
    measurement: family + suffix,
    field: '',
    kind,
    unit,
    help,
  });
  if (type === TYPE.histogram) return ['_bucket', '_count', '_sum'].map((suffix) => declare(suffix, 'counter'));
  if (type === TYPE.summary) {
    return [declare('', 'gauge'), declare('_count', 'counter'), declare('_sum', 'counter')];
  }
  if (type === TYPE.counter) return [declare('', 'counter')];
  if (type === TYPE.gauge) return [declare('', 'gauge')];
  if (type === TYPE.info || type === TYPE.stateset) return [declare('', 'state')];
  return [declare('', 'unknown')];
}

/** Help texts of careless exporters must not cost their samples: wrong UTF-8 is replaced. */
function readMetadataText(reader: ProtobufReader): string {
  const bytes = reader.bytes.subarray(reader.at, Math.min(reader.contentEnd, reader.at + MAX_METADATA_TEXT));
  reader.at = reader.contentEnd;
  return new TextDecoder().decode(bytes);
}
