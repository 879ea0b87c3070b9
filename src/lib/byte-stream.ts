/** Bytes that grow while they are written. The array behind is reused after `clear`. */
import { MAX_VARINT_BYTES, writeSigned, writeVarint } from './varint.ts';

export class ByteStream {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written, as a view that the next write may make stale. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  byte(value: number): void {
    this.reserve(1)[this.#length++] = value;
  }

  varint(value: number): void {
    this.#length = writeVarint(this.reserve(MAX_VARINT_BYTES), this.#length, value);
  }

  signed(value: number): void {
    this.#length = writeSigned(this.reserve(MAX_VARINT_BYTES), this.#length, value);
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length).set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Makes room for `size` more bytes and returns the whole array; write from `length` and then `advanceTo`. */
  reserve(size: number): Uint8Array<ArrayBuffer> {
    const needed = this.#length + size;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    return this.#bytes;
  }

  /** Says that bytes were written to the reserved array up to `length`. */
  advanceTo(length: number): void {
    this.#length = length;
  }
}
