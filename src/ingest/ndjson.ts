/**
 * NDJSON batches: one `{measurement, tags: {}, fields: {}, timestamp}` a line.
 *
 * `timestamp`: a number is milliseconds since 1970 UTC, a string is ISO 8601 with a zone (`Z` or `±hh:mm`), absent or
 * null is the time of arrival. Field values: numbers, booleans (1 and 0); strings are accepted and not stored; null is a
 * missing value. Tag values: strings; numbers and booleans are taken as their text.
 */
import type { RowSink } from '../model/row-sink.ts';
import type { TenantId } from '../model/tenant.ts';
import type { FieldLayouts } from './field-layout.ts';
import { RowSyntaxError } from './key.ts';
import { type IngestLimits, limitReason } from './limits.ts';
import { checkName, checkValue, RowWriter } from './row-writer.ts';
import type { IngestTally } from './tally.ts';

const NEWLINE = 10;
const ISO_WITH_ZONE = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:[Zz]|[+-]\d{2}:?\d{2})$/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

interface JsonRow {
  readonly measurement: string;
  readonly tags: string[];
  readonly names: string[];
  readonly values: number[];
  readonly strings: number;
  readonly timeMs: number;
}

export class NdjsonParser {
  readonly #limits: IngestLimits;
  readonly #writer: RowWriter;

  constructor(sink: RowSink, limits: IngestLimits, layouts: FieldLayouts) {
    this.#limits = limits;
    this.#writer = new RowWriter(sink, limits, layouts);
  }

  /** Whether the batch has more records than are allowed; it is refused as a whole then. */
  tooManyRecords(bytes: Uint8Array): boolean {
    let records = 0;
    for (let at = 0; at < bytes.length; ) {
      const end = lineEnd(bytes, at);
      if (end > at && ++records > this.#limits.batchRecords) return true;
      at = end + 1;
    }
    return false;
  }

  /** Reads the records that begin in [from, softEnd); returns where the next one begins. */
  parse(tenant: TenantId, bytes: Uint8Array, from: number, softEnd: number, nowMs: number, tally: IngestTally): number {
    let at = from;
    while (at < softEnd) {
      tally.line++;
      const end = lineEnd(bytes, at);
      this.#record(tenant, bytes.subarray(at, end), nowMs, tally);
      at = end + 1;
    }
    return at;
  }

  #record(tenant: TenantId, line: Uint8Array, nowMs: number, tally: IngestTally): void {
    let row: JsonRow | undefined;
    try {
      if (line.length > this.#limits.lineBytes) throw new RowSyntaxError(limitReason(this.#limits, 'lineBytes'));
      row = this.#read(line, nowMs);
    } catch (error) {
      if (!(error instanceof RowSyntaxError)) throw error;
      tally.refuse(tally.line, error.message);
      return;
    }
    if (row === undefined) return;
    tally.skippedStrings += row.strings;
    if (row.names.length === 0) tally.acceptedRows++;
    else this.#writer.write(tenant, row.measurement, row.tags, row.names, row.values, row.timeMs, tally);
  }

  #read(line: Uint8Array, nowMs: number): JsonRow | undefined {
    let text: string;
    try {
      text = utf8.decode(line).trim();
    } catch {
      throw new RowSyntaxError('not valid UTF-8');
    }
    if (text === '') return undefined;
    let record: unknown;
    try {
      record = JSON.parse(text);
    } catch (error) {
      throw new RowSyntaxError(`not valid JSON: ${(error as Error).message}`);
    }
    if (!isObject(record)) throw new RowSyntaxError('not a JSON object');
    if (typeof record.measurement !== 'string') throw new RowSyntaxError('"measurement" must be a string');
    const measurement = checkName(record.measurement, 'measurement', this.#limits);
    const tags = this.#tags(record.tags);
    return { measurement, tags, ...this.#fields(record.fields), timeMs: readTime(record.timestamp, nowMs) };
  }

  #tags(value: unknown): string[] {
    if (value === undefined || value === null) return [];
    if (!isObject(value)) throw new RowSyntaxError('"tags" must be an object');
    const tags: string[] = [];
    for (const [name, tag] of Object.entries(value)) {
      if (tag === null || tag === '') continue;
      if (typeof tag !== 'string' && typeof tag !== 'number' && typeof tag !== 'boolean') {
        throw new RowSyntaxError(`tag ${JSON.stringify(name)} must be a string`);
      }
      if (tags.length >= 2 * this.#limits.tagsPerRow) throw new RowSyntaxError(limitReason(this.#limits, 'tagsPerRow'));
      tags.push(checkName(name, 'tag name', this.#limits), checkValue(String(tag), 'tag value', this.#limits));
    }
    return tags;
  }

  #fields(value: unknown): { names: string[]; values: number[]; strings: number } {
    if (!isObject(value)) throw new RowSyntaxError('"fields" must be an object');
    const names: string[] = [];
    const values: number[] = [];
    let strings = 0;
    for (const [name, field] of Object.entries(value)) {
      checkName(name, 'field name', this.#limits);
      if (typeof field === 'string') strings++;
      else if (typeof field === 'number' || typeof field === 'boolean') {
        // JSON.parse makes infinity of 1e999.
        if (!Number.isFinite(Number(field)))
          throw new RowSyntaxError(`field ${JSON.stringify(name)} is too large for a float`);
        names.push(name);
        values.push(Number(field));
      } else if (field !== null)
        throw new RowSyntaxError(`field ${JSON.stringify(name)} must be a number, boolean or string`);
    }
    if (names.length === 0 && strings === 0) throw new RowSyntaxError('no fields');
    return { names, values, strings };
  }
}

function readTime(value: unknown, nowMs: number): number {
  if (value === undefined || value === null) return nowMs;
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return Math.floor(value);
  } else if (typeof value === 'string' && ISO_WITH_ZONE.test(value)) {
    const ms = Date.parse(value.replace(',', '.'));
    if (!Number.isNaN(ms)) return ms;
  }
  throw new RowSyntaxError(
    '"timestamp" must be milliseconds since 1970 or ISO 8601 with a zone, such as 2026-01-31T12:00:00Z',
  );
}

function lineEnd(bytes: Uint8Array, at: number): number {
  const end = bytes.indexOf(NEWLINE, at);
  return end < 0 ? bytes.length : end;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
