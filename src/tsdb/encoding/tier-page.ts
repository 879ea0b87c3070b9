/**
 * Tier blocks are small, so several row groups with the same buckets share a page with one checksum: the sizes of its
 * entries, then the entries, each the number of its shape and the numbers of its fields. See FORMAT.md, "Tier page".
 */

import { ByteStream } from '../../lib/byte-stream.ts';
import { readUint32, writeUint32 } from '../../lib/bytes.ts';
import { crc32c } from '../../lib/crc32c.ts';
import { type Cursor, cursorOver, MAX_VARINT_BYTES, readVarint, writeVarint } from '../../lib/varint.ts';
import { EncodingError } from './encoding-error.ts';
import { maxTierFieldBytes, readTierField, writeTierField } from './tier-field.ts';
import type { TierParts } from './tier-parts.ts';

const CHECKSUM_BYTES = 4;
/** A page that has reached this is full. */
const FULL_BYTES = 16 * 1024;
const FULL_ENTRIES = 64;

/** Collects the entries of a page. */
export class TierPageWriter {
  readonly #sizes = new ByteStream();
  readonly #entries = new ByteStream(FULL_BYTES * 2);
  readonly #shape = new ByteStream();
  #count = 0;

  get entries(): number {
    return this.#count;
  }

  get full(): boolean {
    return this.#count >= FULL_ENTRIES || this.#entries.length >= FULL_BYTES;
  }

  /** Bytes that `take` will return now. */
  get sizeBytes(): number {
    return this.#sizes.length + this.#entries.length + CHECKSUM_BYTES;
  }

  /** Adds the fields of one row group; `numberOf` gives the number of a shape. */
  add(
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
    for (const parts of columns) end = writeTierField(parts, rows, reference, this.#shape, target, end);
    // The shape is known only now: its number goes in front.
    const numbers = writeVarint(target, start, numberOf(this.#shape.bytes));
    target.copyWithin(numbers, fields, end);
    this.#entries.advanceTo(numbers + end - fields);
    this.#sizes.varint(this.#entries.length - start);
    this.#count++;
  }

  /** The page, whose bytes stay valid until the next `add`; begins a new one. */
  take(): Uint8Array {
    const page = new Uint8Array(this.sizeBytes);
    page.set(this.#sizes.bytes);
    page.set(this.#entries.bytes, this.#sizes.length);
    writeUint32(page, page.length - CHECKSUM_BYTES, crc32c(page, 0, page.length - CHECKSUM_BYTES));
    this.#sizes.clear();
    this.#entries.clear();
    this.#count = 0;
    return page;
  }
}

/** A page that was read and verified. */
export class TierPage {
  readonly #bytes: Uint8Array;
  /** Where each entry begins; one more gives the end. */
  readonly #offsets: Uint32Array;

  /** Verifies the page in `bytes`, which must stay as it is. @throws EncodingError, VarintError */
  constructor(bytes: Uint8Array, entries: number) {
    const end = bytes.length - CHECKSUM_BYTES;
    if (end < 0 || crc32c(bytes, 0, end) !== readUint32(bytes, end)) {
      throw new EncodingError('the checksum of a page is wrong');
    }
    const cursor = cursorOver(bytes, 0, end);
    this.#bytes = bytes;
    this.#offsets = new Uint32Array(entries + 1);
    let offset = 0;
    for (let e = 0; e < entries; e++) {
      offset += readVarint(cursor);
      this.#offsets[e + 1] = offset;
    }
    for (let e = 0; e <= entries; e++) this.#offsets[e]! += cursor.at;
    if (this.#offsets[entries] !== end) throw new EncodingError('a page of the wrong length');
  }

  /**
   * Reads field `column` of an entry; false when it is absent. @throws EncodingError, VarintError
   */
  readField(
    entry: number,
    column: number,
    rows: number,
    reference: Float64Array,
    shapes: readonly Uint8Array[],
    into: TierParts,
  ): boolean {
    const numbers: Cursor = cursorOver(this.#bytes, this.#offsets[entry]!, this.#offsets[entry + 1]!);
    const shape = shapes[readVarint(numbers)];
    if (shape === undefined) throw new EncodingError('an unknown shape');
    const kinds = cursorOver(shape);
    for (let c = 0; kinds.at < kinds.end; c++) {
      const wanted = c === column;
      const found = readTierField(kinds, numbers, rows, reference, wanted ? into : undefined);
      if (wanted) return found;
    }
    return false;
  }
}
