/**
 * Rows that do not come as line protocol: makes the same key bytes that line protocol would have, so that a row group is
 * found under one key whatever way its rows come in.
 */
import type { RowSink } from '../model/row-sink.ts';
import type { TenantId } from '../model/tenant.ts';
import type { FieldLayouts } from './field-layout.ts';
import { hashBytes, RowSyntaxError } from './key.ts';
import { type IngestLimits, limitReason } from './limits.ts';
import { errorReason, refusalReason } from './refusal.ts';
import type { IngestTally } from './tally.ts';

const encoder = new TextEncoder();

export class RowWriter {
  readonly #sink: RowSink;
  readonly #limits: IngestLimits;
  readonly #layouts: FieldLayouts;
  readonly #columns: Uint16Array;
  readonly #values: Float64Array;

  constructor(sink: RowSink, limits: IngestLimits, layouts: FieldLayouts) {
    this.#sink = sink;
    this.#layouts = layouts;
    this.#limits = limits;
    this.#columns = new Uint16Array(limits.fieldsPerRow);
    this.#values = new Float64Array(limits.fieldsPerRow);
  }

  /** Stores one row or counts its refusal. `tags` and `names` must hold strings that `checkName` accepts. */
  write(
    tenant: TenantId,
    measurement: string,
    tags: readonly string[],
    names: readonly string[],
    values: readonly number[],
    timeMs: number,
    tally: IngestTally,
  ): void {
    const sink = this.#sink;
    try {
      if (names.length > this.#limits.fieldsPerRow) throw new RowSyntaxError(limitReason(this.#limits, 'fieldsPerRow'));
      // Line protocol cannot have a backslash at the end of a name: such a key must not be like another one's.
      let key = measurement.endsWith('\\') ? `\0${JSON.stringify(measurement)}` : escapeName(measurement);
      for (let i = 0; i < tags.length; i += 2) key += `,${escapeTag(tags[i]!)}=${escapeTag(tags[i + 1]!)}`;
      const bytes = encoder.encode(key);
      const hash = hashBytes(bytes, 0, bytes.length);
      let group = sink.find(tenant, bytes, 0, bytes.length, hash);
      if (group < 0) {
        group = sink.intern(tenant, bytes, 0, bytes.length, hash, measurement, tags);
        this.#layouts.forget(group);
      }
      for (let i = 0; i < names.length; i++) {
        this.#columns[i] = sink.column(group, names[i]!);
        this.#values[i] = values[i]!;
      }
      const refusal = sink.row(group, timeMs, this.#columns, this.#values, names.length);
      if (refusal !== 0) tally.refuse(tally.line, refusalReason(sink, refusal, timeMs));
      else {
        tally.acceptedRows++;
        tally.acceptedSamples += names.length;
      }
    } catch (error) {
      const reason = errorReason(error);
      if (reason === undefined) throw error;
      tally.refuse(tally.line, reason);
    }
  }
}

/** A measurement, tag or field name. @throws RowSyntaxError when it is empty, too long or holds control characters */
export function checkName(text: string, what: string, limits: IngestLimits): string {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 32 || c === 127) throw new RowSyntaxError(`control character in ${what} ${JSON.stringify(text)}`);
  }
  return checkValue(text, what, limits);
}

/** A tag value, which may hold any character but NUL. @throws RowSyntaxError when it is empty or too long */
export function checkValue(text: string, what: string, limits: IngestLimits): string {
  if (text === '') throw new RowSyntaxError(`empty ${what}`);
  if (text.length > limits.nameBytes || Buffer.byteLength(text) > limits.nameBytes) {
    throw new RowSyntaxError(`${what}: ${limitReason(limits, 'nameBytes')}`);
  }
  // It parts the labels of a series where they are one text.
  if (text.includes('\0')) throw new RowSyntaxError(`${what} holds the character NUL`);
  if (!text.isWellFormed()) throw new RowSyntaxError(`${what} is not valid Unicode`);
  return text;
}

const escapeName = (text: string): string => (/[, ]/.test(text) ? text.replace(/[, ]/g, '\\$&') : text);
const escapeTag = (text: string): string => (/[,= ]/.test(text) ? text.replace(/[,= ]/g, '\\$&') : text);
