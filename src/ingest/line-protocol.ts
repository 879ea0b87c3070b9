/**
 * Influx line protocol → RowSink, by bytes and without allocation a row.
 *
 * The hot loop knows lines whose key the engine has seen, whose fields come in the order of last time and whose values
 * are plain decimals. Whatever else a line holds is read by the careful loop, which accepts the full grammar. Nothing
 * reaches the engine from a line that is refused.
 *
 * The caller owns the bytes; they must end with a newline, which bounds every scan.
 */
import type { RowSink } from '../model/row-sink.ts';
import type { TenantId } from '../model/tenant.ts';
import { EMPTY_LAYOUT, type FieldLayout, type FieldLayouts } from './field-layout.ts';
import { excerpt, HASH_PRIME, HASH_SEED, parseRowKey, RowSyntaxError } from './key.ts';
import { type IngestLimits, limitReason } from './limits.ts';
import { CarefulFields } from './line-fields.ts';
import { errorReason, refusalReason } from './refusal.ts';
import { fitsInt64 } from './scalar.ts';
import type { IngestTally } from './tally.ts';

const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const HASH_SIGN = 35;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const BACKSLASH = 92;
const LETTER_I = 105;

/** Digits that always fit a float64 exactly. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i);

/** Digits after the millisecond, by precision; -3: seconds. */
const DIGITS_BELOW_MS = { ns: 6, us: 3, ms: 0, s: -3 } as const;
export type LinePrecision = keyof typeof DIGITS_BELOW_MS;

export class LineProtocolParser {
  readonly #sink: RowSink;
  readonly #limits: IngestLimits;
  readonly #layouts: FieldLayouts;
  readonly #careful: CarefulFields;
  readonly #columns: Uint16Array;
  readonly #values: Float64Array;
  #tenant: TenantId = 0;
  #bytes: Uint8Array = new Uint8Array();
  #digitsBelowMs = 0;
  #arrivalMs = 0;
  #timeMs = 0;

  constructor(sink: RowSink, limits: IngestLimits, layouts: FieldLayouts) {
    this.#sink = sink;
    this.#layouts = layouts;
    this.#limits = limits;
    this.#careful = new CarefulFields(limits);
    this.#columns = this.#careful.columns;
    this.#values = this.#careful.values;
  }

  /**
   * Reads the lines that begin in [from, softEnd) and says where the next one begins, so that a long body can be read
   * in slices. `bytes` must end with a newline. @throws what the sink's `row` throws as operational failure
   */
  parse(
    tenant: TenantId,
    bytes: Uint8Array,
    from: number,
    softEnd: number,
    precision: LinePrecision,
    nowMs: number,
    tally: IngestTally,
  ): number {
    this.#tenant = tenant;
    this.#bytes = bytes;
    this.#digitsBelowMs = DIGITS_BELOW_MS[precision];
    this.#arrivalMs = precision === 's' ? Math.floor(nowMs / 1000) * 1000 : nowMs;
    let at = from;
    while (at < softEnd) {
      tally.line++;
      at = this.#line(at, tally);
    }
    return at;
  }

  /** Reads one line; returns where the next begins. */
  #line(start: number, tally: IngestTally): number {
    const bytes = this.#bytes;
    let at = start;
    let c = bytes[at]!;
    while (c === SPACE) c = bytes[++at]!;
    if (c === NEWLINE) return at + 1;
    if (c === HASH_SIGN) return bytes.indexOf(NEWLINE, at) + 1;
    if (c === RETURN && bytes[at + 1] === NEWLINE) return at + 2;

    const keyStart = at;
    let hash = HASH_SEED;
    for (;;) {
      if (c === SPACE) {
        if (bytes[at - 1] !== BACKSLASH) break;
      } else if (c === NEWLINE) return this.#refuse(start, at, this.#keyError(keyStart, at), tally);
      hash = Math.imul(hash ^ c, HASH_PRIME);
      c = bytes[++at]!;
    }
    const keyEnd = at;
    const group = this.#sink.find(this.#tenant, bytes, keyStart, keyEnd, hash);
    do c = bytes[++at]!;
    while (c === SPACE);
    if (group < 0) return this.#carefulLine(start, keyStart, keyEnd, hash, -1, EMPTY_LAYOUT, at, 0, tally);
    const layout = this.#layouts.of(group);
    const names = layout.bytes;
    const ends = layout.ends;
    const values = this.#values;
    const count = layout.count;

    let index = 0;
    let name = 0;
    for (;;) {
      const fieldStart = at;
      if (index === count) {
        return this.#carefulLine(start, keyStart, keyEnd, hash, group, layout, fieldStart, index, tally);
      }
      const nameEnd = ends[index]!;
      while (name < nameEnd && bytes[at] === names[name]) {
        at++;
        name++;
      }
      c = bytes[at]!;
      const isNegative = c === MINUS;
      if (isNegative) c = bytes[++at]!;
      const digitsStart = at;
      let value = 0;
      let digit = c - 48;
      while (digit >>> 0 < 10) {
        value = value * 10 + digit;
        digit = bytes[++at]! - 48;
      }
      c = digit + 48;
      let digits = at - digitsStart;
      if (c === DOT) {
        digit = bytes[++at]! - 48;
        const fractionStart = at;
        while (digit >>> 0 < 10) {
          value = value * 10 + digit;
          digit = bytes[++at]! - 48;
        }
        c = digit + 48;
        const scale = at - fractionStart;
        digits += scale;
        if (digits <= EXACT_DIGITS) value /= POWERS_OF_TEN[scale]!;
      } else if (c === LETTER_I) c = bytes[++at]!;
      // Both are checked once, here, so that the loops above stay tight.
      if (name !== nameEnd || digits === 0 || digits > EXACT_DIGITS) {
        return this.#carefulLine(start, keyStart, keyEnd, hash, group, layout, fieldStart, index, tally);
      }
      values[index] = isNegative ? -value : value;
      if (c === COMMA) {
        index++;
        at++;
        continue;
      }
      if (c !== SPACE && c !== NEWLINE && c !== RETURN) {
        return this.#carefulLine(start, keyStart, keyEnd, hash, group, layout, fieldStart, index, tally);
      }
      break;
    }
    if (!layout.isNumeric) {
      // A field that only ever held strings now holds a number: it gets a column.
      return this.#carefulLine(start, keyStart, keyEnd, hash, group, layout, this.#fieldsStart(keyEnd), 0, tally);
    }
    const next = this.#timestamp(at);
    if (next < 0) return this.#refuse(start, at, this.#timestampError(at), tally);
    if (next - start > this.#limits.lineBytes)
      return this.#refuse(start, at, limitReason(this.#limits, 'lineBytes'), tally);
    const refusal = this.#sink.row(group, this.#timeMs, layout.columns, values, index + 1);
    if (refusal !== 0) tally.refuse(tally.line, tally.spells ? refusalReason(this.#sink, refusal, this.#timeMs) : '');
    else {
      tally.acceptedRows++;
      tally.acceptedSamples += index + 1;
    }
    return next;
  }

  /** Reads a line from field `index` at `at` on with the full grammar; the values before it are already in place. */
  #carefulLine(
    start: number,
    keyStart: number,
    keyEnd: number,
    hash: number,
    knownGroup: number,
    layout: FieldLayout,
    at: number,
    index: number,
    tally: IngestTally,
  ): number {
    const bytes = this.#bytes;
    const fields = this.#careful;
    let errorAt = at;
    const line = tally.line;
    try {
      const fieldsEnd = fields.read(bytes, at, layout, index);
      errorAt = fieldsEnd;
      const next = this.#timestamp(fieldsEnd);
      if (next < 0) return this.#refuse(start, fieldsEnd, this.#timestampError(fieldsEnd), tally);
      if (next - start > this.#limits.lineBytes) throw new RowSyntaxError(limitReason(this.#limits, 'lineBytes'));
      let group = knownGroup;
      const key = group < 0 ? parseRowKey(bytes, keyStart, keyEnd, this.#limits) : undefined;
      tally.line += fields.newlines;
      tally.skippedStrings += fields.strings;
      if (fields.count === 0) {
        tally.acceptedRows++;
        return next;
      }
      if (key) {
        group = this.#sink.intern(this.#tenant, bytes, keyStart, keyEnd, hash, key.measurement, key.tags);
        this.#layouts.forget(group);
      }
      fields.resolve(this.#sink, group, this.#layouts);
      const refusal = this.#sink.row(group, this.#timeMs, this.#columns, this.#values, fields.count);
      if (refusal !== 0) tally.refuse(line, refusalReason(this.#sink, refusal, this.#timeMs));
      else {
        tally.acceptedRows++;
        tally.acceptedSamples += fields.count;
      }
      return next;
    } catch (error) {
      const reason = errorReason(error);
      if (reason === undefined) throw error;
      return this.#refuse(start, fields.failedAt(errorAt), reason, tally);
    }
  }

  #fieldsStart(keyEnd: number): number {
    let at = keyEnd;
    while (this.#bytes[at] === SPACE) at++;
    return at;
  }

  /** Reads what follows the fields into `#timeMs`; returns where the next line begins, or -1. */
  #timestamp(from: number): number {
    const bytes = this.#bytes;
    let at = from;
    let c = bytes[at]!;
    while (c === SPACE) c = bytes[++at]!;
    if (c === NEWLINE || (c === RETURN && bytes[at + 1] === NEWLINE)) {
      this.#timeMs = this.#arrivalMs;
      return c === NEWLINE ? at + 1 : at + 2;
    }
    const isNegative = c === MINUS;
    if (isNegative) at++;
    const digitsStart = at;
    while ((bytes[at]! - 48) >>> 0 < 10) at++;
    const digitsEnd = at;
    const digits = digitsEnd - digitsStart;
    if (digits === 0) return -1;
    const below = this.#digitsBelowMs;
    if (digits >= 19 && (digits > 19 || bytes[digitsStart] === 57) && !this.#fits(from, digitsEnd)) return -1;
    let ms = 0;
    const msEnd = below > 0 ? digitsEnd - below : digitsEnd;
    for (let i = digitsStart; i < msEnd; i++) ms = ms * 10 + (bytes[i]! - 48);
    if (below < 0) ms *= 1000;
    if (isNegative) {
      ms = -ms;
      for (let i = Math.max(msEnd, digitsStart); i < digitsEnd; i++) {
        if (bytes[i] !== 48) {
          ms -= 1;
          break;
        }
      }
    }
    this.#timeMs = ms;
    c = bytes[at]!;
    while (c === SPACE) c = bytes[++at]!;
    if (c === NEWLINE) return at + 1;
    return c === RETURN && bytes[at + 1] === NEWLINE ? at + 2 : -1;
  }

  #fits(start: number, end: number): boolean {
    return fitsInt64(Buffer.from(this.#bytes.subarray(start, end)).toString('latin1').trim());
  }

  #keyError(keyStart: number, end: number): string {
    try {
      parseRowKey(this.#bytes, keyStart, this.#bytes[end - 1] === RETURN ? end - 1 : end, this.#limits);
    } catch (error) {
      if (error instanceof RowSyntaxError) return error.message;
      throw error;
    }
    return 'no fields';
  }

  #timestampError(at: number): string {
    const bytes = this.#bytes;
    let start = at;
    while (bytes[start] === SPACE) start++;
    const end = bytes.indexOf(NEWLINE, start);
    return `bad timestamp ${excerpt(bytes, start, end)}`;
  }

  /** Refuses the line and goes on after the newline that follows `at`. */
  #refuse(start: number, at: number, reason: string, tally: IngestTally): number {
    const line = tally.line;
    tally.refuse(line, reason);
    const next = this.#bytes.indexOf(NEWLINE, at) + 1;
    for (let i = this.#bytes.indexOf(NEWLINE, start) + 1; i < next; i = this.#bytes.indexOf(NEWLINE, i) + 1)
      tally.line++;
    return next;
  }
}
