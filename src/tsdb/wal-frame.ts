/**
 * The frame that is being filled: rows as records of the log, as yet neither on disk nor in the head. Definitions that
 * the current file does not have are put before the rows that need them.
 */
import type { GroupTable } from './group-table.ts';
import { grownInt32 } from './growing.ts';
import type { OpenRows } from './open-rows.ts';
import { FRAME_HEADER_WORDS, MAX_TIME_DISTANCE_MS, OTHER, RECORD } from './wal-format.ts';

export class WalFrame {
  readonly #groups: GroupTable;
  readonly #open: OpenRows;
  words = new Int32Array(1 << 14);
  #floats = new Float64Array(this.words.buffer);
  /** Words filled, the header's included. */
  length = FRAME_HEADER_WORDS;
  rows = 0;
  samples = 0;
  #baseMs = 0;
  /** Number of the file that definitions were written to, by symbol, schema and row group. */
  #file = 1;
  #frame = 1;
  #symbolFile = new Int32Array(1024);
  #schemaFile = new Int32Array(1024);
  #groupFile = new Int32Array(1024);
  /** Schema last written for a row group. */
  #groupSchema = new Int32Array(1024);
  /** File and frame of a row group's last row. */
  #rowFile = new Int32Array(1024);
  #rowFrame = new Int32Array(1024);
  /** One row in order of columns. */
  readonly #mask = new Int32Array(2048);
  #sorted = new Int32Array(2048);

  constructor(groups: GroupTable, open: OpenRows) {
    this.#groups = groups;
    this.#open = open;
  }

  get isEmpty(): boolean {
    return this.length === FRAME_HEADER_WORDS;
  }

  /** Definitions have to be written again: the rows that follow go to another file. */
  startFile(): void {
    this.#file++;
  }

  /** Empties the frame after it was written or given up. */
  startFrame(): void {
    this.length = FRAME_HEADER_WORDS;
    this.rows = 0;
    this.samples = 0;
    this.#frame++;
  }

  /** Adds a row with at least one value. `halves` are the values' 32-bit halves. */
  row(group: number, timeMs: number, columns: Uint16Array, halves: Int32Array, count: number): void {
    const groups = this.#groups;
    const open = this.#open;
    const schema = groups.schema(group);
    const width = groups.schemas.width(schema);
    if (group >= this.#rowFile.length) this.#grow(group);
    this.#reserve(8 + 2 * (width >> 5) + 2 * width);
    if (this.#groupFile[group] !== this.#file || this.#groupSchema[group] !== schema)
      this.#define(group, schema, timeMs);
    open.widen(group, width);
    const distance = this.#distance(timeMs);
    const hasLast = this.#rowFile[group] === this.#file && this.#rowFrame[group] !== this.#frame;
    this.#rowFile[group] = this.#file;
    this.#rowFrame[group] = this.#frame;
    this.rows++;
    this.samples += count;
    const { last } = open;
    const isDelta = hasLast && last.count(group) === count && !last.isMerged(group) && last.timeMs(group) !== timeMs;
    if (isDelta && this.#delta(group, distance, columns, halves, count, width)) return;
    this.#full(group, distance, columns, halves, count, width);
  }

  /** A row group's number stands for another one from now on. */
  forget(group: number): void {
    if (group >= this.#rowFile.length) return;
    this.#groupFile[group] = 0;
    this.#rowFile[group] = 0;
  }

  /** Adds a row with as many values as the last one as a delta, unless its columns are others. */
  #delta(
    group: number,
    distance: number,
    columns: Uint16Array,
    halves: Int32Array,
    count: number,
    width: number,
  ): boolean {
    const rows = this.#open.last;
    const last = rows.words;
    const lastAt = rows.at(group);
    const lastMaskWords = rows.maskWords(group);
    const valuesAt = lastAt + lastMaskWords;
    const words = this.words;
    const maskWords = (width + 31) >> 5;
    const maskAt = this.length + (maskWords === 1 ? 2 : 3);
    let at = maskAt + maskWords;
    for (let i = maskAt; i < at; i++) words[i] = 0;
    let before = -1;
    for (let i = 0; i < count; i++) {
      const c = columns[i]!;
      if (c <= before) return false;
      before = c;
      if (lastMaskWords > 0 && !(last[lastAt + (c >> 5)]! & (1 << (c & 31)))) return false;
      const low = halves[2 * i]!;
      const high = halves[2 * i + 1]!;
      const old = valuesAt + 2 * c;
      if (last[old] === low && last[old + 1] === high) continue;
      words[maskAt + (c >> 5)]! |= 1 << (c & 31);
      words[at++] = low;
      words[at++] = high;
    }
    words[this.length] = (group << 3) | (maskWords === 1 ? RECORD.delta : RECORD.wideDelta);
    words[this.length + 1] = distance;
    if (maskWords > 1) words[this.length + 2] = maskWords;
    this.length = at;
    return true;
  }

  #full(group: number, distance: number, columns: Uint16Array, halves: Int32Array, count: number, width: number): void {
    const words = this.words;
    let at = this.length;
    let i = 0;
    while (i < count && columns[i] === i) i++;
    if (i === count) {
      words[at++] = (group << 3) | RECORD.full;
      words[at++] = distance;
      words[at++] = count;
      for (let k = 0; k < 2 * count; k++) words[at++] = halves[k]!;
      this.length = at;
      return;
    }
    const maskWords = (width + 31) >> 5;
    this.#mask.fill(0, 0, maskWords);
    if (2 * width > this.#sorted.length) this.#sorted = new Int32Array(2 * width);
    const sorted = this.#sorted;
    for (let k = 0; k < count; k++) {
      const c = columns[k]!;
      this.#mask[c >> 5]! |= 1 << (c & 31);
      sorted[2 * c] = halves[2 * k]!;
      sorted[2 * c + 1] = halves[2 * k + 1]!;
    }
    words[at++] = (group << 3) | RECORD.sparse;
    words[at++] = distance;
    words[at++] = maskWords;
    for (let k = 0; k < maskWords; k++) words[at++] = this.#mask[k]!;
    const countAt = at++;
    let present = 0;
    for (let c = 0; c < width; c++) {
      if (!(this.#mask[c >> 5]! & (1 << (c & 31)))) continue;
      words[at++] = sorted[2 * c]!;
      words[at++] = sorted[2 * c + 1]!;
      present++;
    }
    words[countAt] = present;
    this.length = at;
  }

  #distance(timeMs: number): number {
    if (this.isEmpty) this.#startBase(timeMs);
    let distance = timeMs - this.#baseMs;
    if (distance > MAX_TIME_DISTANCE_MS || distance < -MAX_TIME_DISTANCE_MS) {
      this.words[this.length++] = (OTHER.base << 3) | RECORD.other;
      if (this.length & 1) this.words[this.length++] = 0;
      this.#floats[this.length >> 1] = timeMs;
      this.length += 2;
      this.#baseMs = timeMs;
      distance = 0;
    }
    return distance;
  }

  #startBase(timeMs: number): void {
    this.#baseMs = timeMs;
    this.#floats[1] = timeMs;
  }

  #define(group: number, schema: number, timeMs: number): void {
    const groups = this.#groups;
    if (this.isEmpty) this.#startBase(timeMs);
    this.#defineSchema(schema);
    if (this.#groupFile[group] === this.#file) {
      this.#reserve(8);
      this.words[this.length++] = (OTHER.columns << 3) | RECORD.other;
      this.words[this.length++] = group;
      this.words[this.length++] = schema;
    } else {
      const tags = groups.tagCount(group);
      this.#defineSymbol(groups.measurement(group));
      for (let i = 0; i < tags; i++) {
        this.#defineSymbol(groups.tagNameAt(group, i));
        this.#defineSymbol(groups.tagValueAt(group, i));
      }
      this.#reserve(8 + 2 * tags);
      const words = this.words;
      words[this.length++] = (group << 3) | RECORD.group;
      words[this.length++] = groups.tenant(group);
      words[this.length++] = groups.measurement(group);
      words[this.length++] = schema;
      words[this.length++] = tags;
      for (let i = 0; i < tags; i++) {
        words[this.length++] = groups.tagNameAt(group, i);
        words[this.length++] = groups.tagValueAt(group, i);
      }
    }
    this.#groupFile[group] = this.#file;
    this.#groupSchema[group] = schema;
    const width = groups.schemas.width(schema);
    this.#reserve(8 + 2 * (width >> 5) + 2 * width);
  }

  /** Defines a schema, those that it extends first. */
  #defineSchema(schema: number): void {
    this.#schemaFile = grownInt32(this.#schemaFile, schema);
    const missing: number[] = [];
    for (let s = schema; s > 0 && this.#schemaFile[s] !== this.#file; s = this.#groups.schemas.last(s).parent) {
      missing.push(s);
    }
    for (let s = missing.pop(); s !== undefined; s = missing.pop()) {
      const { parent, field } = this.#groups.schemas.last(s);
      this.#defineSymbol(field);
      this.#reserve(8);
      this.words[this.length++] = (s << 3) | RECORD.schema;
      this.words[this.length++] = parent;
      this.words[this.length++] = field;
      this.#schemaFile[s] = this.#file;
    }
  }

  #defineSymbol(symbol: number): void {
    this.#symbolFile = grownInt32(this.#symbolFile, symbol);
    if (this.#symbolFile[symbol] === this.#file) return;
    this.#symbolFile[symbol] = this.#file;
    const bytes = Buffer.from(this.#groups.symbols.text(symbol), 'utf8');
    const padded = (bytes.length + 3) >> 2;
    this.#reserve(8 + padded);
    this.words[this.length++] = (symbol << 3) | RECORD.symbol;
    this.words[this.length++] = bytes.length;
    this.words.fill(0, this.length, this.length + padded);
    new Uint8Array(this.words.buffer, this.length * 4, bytes.length).set(bytes);
    this.length += padded;
  }

  #reserve(more: number): void {
    if (this.length + more + 8 <= this.words.length) return;
    const longer = new Int32Array(Math.max(this.words.length * 2, (this.length + more + 16) & ~1));
    longer.set(this.words.subarray(0, this.length));
    this.words = longer;
    this.#floats = new Float64Array(longer.buffer);
  }

  #grow(group: number): void {
    this.#groupFile = grownInt32(this.#groupFile, group);
    this.#groupSchema = grownInt32(this.#groupSchema, group);
    this.#rowFile = grownInt32(this.#rowFile, group);
    this.#rowFrame = grownInt32(this.#rowFrame, group);
  }
}
