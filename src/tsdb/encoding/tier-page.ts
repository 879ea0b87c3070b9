/**
 * Tier blocks are small, so several row groups with the same buckets share a page with one checksum: the sizes of its
 * stretches of entries, then the entries, each the number of its shape and the numbers of its fields. See FORMAT.md,
 * "Tier page".
 */
import { ByteStream } from '../../lib/byte-stream.ts';
import { readUint32, writeUint32 } from '../../lib/bytes.ts';
import { crc32c } from '../../lib/crc32c.ts';
import { type Cursor, cursorOver, MAX_VARINT_BYTES, readVarint, writeVarint } from '../../lib/varint.ts';
import { EncodingError } from './encoding-error.ts';
import { lastConstant, maxTierFieldBytes, readTierField, writeTierField } from './tier-field.ts';
import type { TierParts } from './tier-parts.ts';

const CHECKSUM_BYTES = 4;
/** A page that has reached this is full. */
const FULL_BYTES = 16 * 1024;
const FULL_ENTRIES = 64;
/** Entries whose size is stored as one number: reading one passes over at most the others. */
const STRETCH = 8;

/** Collects the entries of a page. */
export class TierPageWriter {
  readonly #sizes = new ByteStream();
  readonly #entries = new ByteStream(FULL_BYTES * 2);
  readonly #shape = new ByteStream();
  /** Of each layout, the constants of its fields in the row group added last. */
  readonly #constants = new Map<number, Float64Array>();
  /** Where the current stretch began. */
  #stretchStart = 0;
  #count = 0;

  get entries(): number {
    return this.#count;
  }

  get full(): boolean {
    return this.#count >= FULL_ENTRIES || this.#entries.length >= FULL_BYTES;
  }

  /** Bytes that `take` will return at most. */
  get sizeBytes(): number {
    return this.#sizes.length + MAX_VARINT_BYTES + this.#entries.length + CHECKSUM_BYTES;
  }

  /**
   * Adds the fields of one row group. `layout` numbers row groups of the same measurement, tag names and fields;
   * `numberOf` gives the number of a shape.
   */
  add(
    layout: number,
    columns: readonly TierParts[],
    rows: number,
    reference: Float64Array,
    numberOf: (shape: Uint8Array) => number,
  ): void {
    const start = this.#entries.length;
    const fields = start + MAX_VARINT_BYTES;
    const target = this.#entries.reserve(MAX_VARINT_BYTES + columns.length * maxTierFieldBytes(rows));
    this.#shape.clear();
    let end = fields;
    const constants = this.#constantsOf(layout, columns.length);
    for (let c = 0; c < columns.length; c++) {
      end = writeTierField(columns[c]!, rows, reference, constants[c]!, this.#shape, target, end);
      constants[c] = lastConstant;
    }
    // The shape is known only now: its number goes in front.
    const numbers = writeVarint(target, start, numberOf(this.#shape.bytes));
    target.copyWithin(numbers, fields, end);
    this.#entries.advanceTo(numbers + end - fields);
    this.#count++;
    if (this.#count % STRETCH === 0) this.#endStretch();
  }

  /** The finished page; begins a new one. */
  take(): Uint8Array {
    if (this.#count % STRETCH !== 0) this.#endStretch();
    const page = new Uint8Array(this.#sizes.length + this.#entries.length + CHECKSUM_BYTES);
    page.set(this.#sizes.bytes);
    page.set(this.#entries.bytes, this.#sizes.length);
    writeUint32(page, page.length - CHECKSUM_BYTES, crc32c(page, 0, page.length - CHECKSUM_BYTES));
    this.#sizes.clear();
    this.#entries.clear();
    this.#stretchStart = 0;
    this.#count = 0;
    return page;
  }

  #constantsOf(layout: number, columns: number): Float64Array {
    const known = this.#constants.get(layout);
    if (known !== undefined && known.length >= columns) return known;
    const constants = new Float64Array(columns).fill(Number.NaN);
    this.#constants.set(layout, constants);
    return constants;
  }

  #endStretch(): void {
    this.#sizes.varint(this.#entries.length - this.#stretchStart);
    this.#stretchStart = this.#entries.length;
  }
}

/** What all entries of a page are read with. */
export interface TierPageContext {
  readonly rows: number;
  /** The samples of each bucket that most fields have. */
  readonly reference: Float64Array;
  /** Shapes by number. */
  readonly shapes: readonly Uint8Array[];
}

/** A page that was read and verified. */
export class TierPage {
  readonly #bytes: Uint8Array;
  readonly #context: TierPageContext;
  /** Where each entry begins, as far as it is known; 0 is unknown. */
  readonly #offsets: Uint32Array;
  readonly #end: number;

  /** Verifies the page in `bytes`, which must stay as it is. @throws EncodingError, VarintError */
  constructor(bytes: Uint8Array, entries: number, context: TierPageContext) {
    this.#bytes = bytes;
    this.#context = context;
    this.#end = bytes.length - CHECKSUM_BYTES;
    if (this.#end < 0 || crc32c(bytes, 0, this.#end) !== readUint32(bytes, this.#end)) {
      throw new EncodingError('the checksum of a page is wrong');
    }
    const cursor = cursorOver(bytes, 0, this.#end);
    this.#offsets = new Uint32Array(entries);
    let offset = 0;
    for (let e = 0; e < entries; e += STRETCH) {
      this.#offsets[e] = offset;
      offset += readVarint(cursor);
    }
    for (let e = 0; e < entries; e += STRETCH) this.#offsets[e]! += cursor.at;
    if (offset + cursor.at !== this.#end) throw new EncodingError('a page of the wrong length');
  }

  /** Reads field `column` of an entry; false when it is absent. @throws EncodingError, VarintError */
  readField(entry: number, column: number, into: TierParts): boolean {
    const numbers = cursorOver(this.#bytes, this.#offsetOf(entry), this.#end);
    const kinds = this.#shapeAt(numbers);
    const { rows, reference } = this.#context;
    for (let c = 0; kinds.at < kinds.end; c++) {
      const wanted = c === column;
      const found = readTierField(kinds, numbers, rows, reference, wanted ? into : undefined);
      if (wanted) return found;
    }
    return false;
  }

  /** Reads the number of a shape; returns the shape. */
  #shapeAt(numbers: Cursor): Cursor {
    const shape = this.#context.shapes[readVarint(numbers)];
    if (shape === undefined) throw new EncodingError('an unknown shape');
    return cursorOver(shape);
  }

  /** Where an entry begins: passes over those before it in its stretch unless that was done already. */
  #offsetOf(entry: number): number {
    let known = entry;
    while (this.#offsets[known] === 0) known--;
    const { rows, reference } = this.#context;
    for (; known < entry; known++) {
      const numbers = cursorOver(this.#bytes, this.#offsets[known]!, this.#end);
      const kinds = this.#shapeAt(numbers);
      while (kinds.at < kinds.end) readTierField(kinds, numbers, rows, reference, undefined);
      this.#offsets[known + 1] = numbers.at;
    }
    return this.#offsets[entry]!;
  }
}
