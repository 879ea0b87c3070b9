/**
 * The careful reader of a line's fields: the full grammar, any order, strings, booleans, exponents, names that are new.
 * It fills `columns` and `values`; names without a column are resolved once the whole line is known to be good.
 */
import { isUtf8 } from 'node:buffer';
import type { RowSink } from '../model/row-sink.ts';
import { type FieldLayout, type FieldLayouts, NO_COLUMN } from './field-layout.ts';
import { excerpt, RowSyntaxError, unescapeName } from './key.ts';
import { type IngestLimits, limitReason } from './limits.ts';
import { parseScalar } from './scalar.ts';

const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const EQUALS = 61;
const BACKSLASH = 92;
const SCALAR_BYTES_MAX = 400;

/** Marks a value whose name has no column yet; engines have fewer columns. */
const PENDING = NO_COLUMN;

export class CarefulFields {
  readonly columns: Uint16Array;
  readonly values: Float64Array;
  /** Values in `columns` and `values`. */
  count = 0;
  strings = 0;
  /** Newlines inside quoted strings. */
  newlines = 0;
  readonly #limits: IngestLimits;
  /** Raw names by index of the value, where they have no column. */
  readonly #pending = new Map<number, string>();
  /** Raw names of strings that the layout does not know. */
  readonly #newStrings: string[] = [];
  readonly #seenAt = new Uint32Array(NO_COLUMN + 1);
  readonly #position = new Uint16Array(NO_COLUMN + 1);
  #serial = 0;
  #fields = 0;
  #at = 0;

  constructor(limits: IngestLimits) {
    this.#limits = limits;
    this.columns = new Uint16Array(limits.fieldsPerRow);
    this.values = new Float64Array(limits.fieldsPerRow);
  }

  /** Reads from `at` to the end of the fields, which it returns. The first `index` values are those of the layout. */
  read(bytes: Uint8Array, at: number, layout: FieldLayout, index: number): number {
    this.count = 0;
    this.strings = 0;
    this.newlines = 0;
    this.#pending.clear();
    this.#newStrings.length = 0;
    for (let i = 0; i < index; i++) this.#add(layout.columns[i]!, this.values[i]!, layout, i);
    this.#fields = index;
    this.#at = at;
    let expected = index;
    for (;;) {
      expected = this.#field(bytes, layout, expected);
      const c = bytes[this.#at]!;
      if (c === COMMA) {
        this.#at++;
        continue;
      }
      return this.#at;
    }
  }

  /** Where the reader stopped: a line is given up from there. */
  failedAt(at: number): number {
    return Math.max(at, this.#at);
  }

  #add(column: number, value: number, layout: FieldLayout, index: number): void {
    if (column === NO_COLUMN) this.#pending.set(this.count, layout.rawName(index));
    this.columns[this.count] = column;
    this.values[this.count++] = value;
  }

  /** One field; returns the index that is expected next in the layout. */
  #field(bytes: Uint8Array, layout: FieldLayout, expected: number): number {
    const nameStart = this.#at;
    const nameEnd = this.#nameEnd(bytes, nameStart);
    const index = layout.find(bytes, nameStart, nameEnd, expected);
    if (++this.#fields > this.#limits.fieldsPerRow) throw new RowSyntaxError(limitReason(this.#limits, 'fieldsPerRow'));
    const rawName = index < 0 ? this.#checkedName(bytes, nameStart, nameEnd) : undefined;
    if (bytes[nameEnd + 1] === QUOTE) {
      this.#string(bytes, nameEnd + 1, nameStart, nameEnd);
      this.strings++;
      if (rawName !== undefined) this.#newStrings.push(rawName);
    } else {
      const value = this.#scalar(bytes, nameEnd + 1, nameStart, nameEnd);
      if (rawName === undefined) this.#add(layout.columns[index]!, value, layout, index);
      else {
        this.#pending.set(this.count, rawName);
        this.columns[this.count] = PENDING;
        this.values[this.count++] = value;
      }
    }
    return index < 0 ? expected : index + 1;
  }

  #nameEnd(bytes: Uint8Array, start: number): number {
    let at = start;
    for (;;) {
      const c = bytes[at]!;
      if (c === EQUALS) break;
      if (c === BACKSLASH) {
        const next = bytes[at + 1]!;
        at += next === COMMA || next === EQUALS || next === SPACE ? 2 : 1;
        continue;
      }
      if (c === COMMA || c === SPACE || c === NEWLINE || c === RETURN) {
        if (at === start) throw new RowSyntaxError(this.#fields === 0 ? 'no fields' : 'field expected after a comma');
        throw new RowSyntaxError(`field ${excerpt(bytes, start, at)} has no value`);
      }
      at++;
    }
    if (at === start) throw new RowSyntaxError('empty field name');
    return at;
  }

  #checkedName(bytes: Uint8Array, start: number, end: number): string {
    unescapeName(bytes, start, end, ',= ', 'field name', this.#limits);
    return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  }

  #string(bytes: Uint8Array, quote: number, nameStart: number, nameEnd: number): void {
    let at = quote + 1;
    for (;;) {
      const end = bytes.indexOf(QUOTE, at);
      if (end < 0) throw new RowSyntaxError(`the string of field ${excerpt(bytes, nameStart, nameEnd)} has no end`);
      let backslashes = 0;
      while (bytes[end - 1 - backslashes] === BACKSLASH) backslashes++;
      at = end + 1;
      // Inside the string every backslash that has a partner is itself.
      if (backslashes % 2 === 0 || end - backslashes <= quote) break;
    }
    if (!isUtf8(bytes.subarray(quote + 1, at - 1))) {
      throw new RowSyntaxError(`the string of field ${excerpt(bytes, nameStart, nameEnd)} is not valid UTF-8`);
    }
    for (let i = bytes.indexOf(NEWLINE, quote); i < at; i = bytes.indexOf(NEWLINE, i + 1)) this.newlines++;
    this.#at = at;
    if (!isFieldEnd(bytes, at)) {
      throw new RowSyntaxError(
        `unexpected ${excerpt(bytes, at, at + 1)} after the string of field ${excerpt(bytes, nameStart, nameEnd)}`,
      );
    }
  }

  #scalar(bytes: Uint8Array, start: number, nameStart: number, nameEnd: number): number {
    let at = start;
    while (!isFieldEnd(bytes, at) && bytes[at] !== NEWLINE) at++;
    this.#at = at;
    const value =
      at - start > SCALAR_BYTES_MAX
        ? parseScalar(Buffer.from(bytes.subarray(start, at)).toString('latin1'))
        : parseScalar(String.fromCharCode.apply(null, bytes.subarray(start, at) as unknown as number[]));
    if (typeof value === 'number') return value;
    throw new RowSyntaxError(`field ${excerpt(bytes, nameStart, nameEnd)}: ${excerpt(bytes, start, at)} ${value}`);
  }

  /**
   * Gives every value its column, drops all but the last of a repeated field, and learns the layout if it is new.
   * @throws LimitError, ConflictError
   */
  resolve(sink: RowSink, group: number, layouts: FieldLayouts): void {
    const layout = layouts.of(group);
    if (this.#pending.size > 0 || this.#newStrings.length > 0) {
      const names: string[] = [];
      const columns: number[] = [];
      for (let i = 0; i < layout.count; i++) {
        names.push(layout.rawName(i));
        columns.push(layout.columns[i]!);
      }
      const indexOf = new Map(names.map((name, i) => [name, i]));
      for (const [at, name] of this.#pending) {
        let index = indexOf.get(name);
        if (index === undefined || columns[index] === NO_COLUMN) {
          const column = sink.column(group, decodeFieldName(name));
          index ??= names.push(name) - 1;
          columns[index] = column;
          indexOf.set(name, index);
        }
        this.columns[at] = columns[index]!;
      }
      for (const name of this.#newStrings) {
        if (indexOf.has(name)) continue;
        indexOf.set(name, names.push(name) - 1);
        columns.push(NO_COLUMN);
      }
      layouts.learn(group, names, columns);
    }
    this.#dropRepeated();
  }

  #dropRepeated(): void {
    const serial = this.#nextSerial();
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      const column = this.columns[i]!;
      if (this.#seenAt[column] === serial) {
        this.values[this.#position[column]!] = this.values[i]!;
        continue;
      }
      this.#seenAt[column] = serial;
      this.#position[column] = kept;
      this.columns[kept] = column;
      this.values[kept++] = this.values[i]!;
    }
    this.count = kept;
  }

  #nextSerial(): number {
    if (this.#serial === 0xffffffff) {
      this.#seenAt.fill(0);
      this.#serial = 0;
    }
    return ++this.#serial;
  }
}

function isFieldEnd(bytes: Uint8Array, at: number): boolean {
  const c = bytes[at]!;
  return c === COMMA || c === SPACE || c === NEWLINE || (c === RETURN && bytes[at + 1] === NEWLINE);
}

function decodeFieldName(rawName: string): string {
  const text = Buffer.from(rawName, 'latin1').toString('utf8');
  return text.replace(/\\([,= ])/g, '$1');
}
