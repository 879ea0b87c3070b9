/**
 * Reading and writing BER (X.690) as SNMP uses it. The reader checks every length against its buffer and throws
 * `BerError`, which never leaves this folder. The writer fills its buffer from the end, so that every length is known
 * when it is written.
 */

/** A message that is no valid BER, or is cut off. */
export class BerError extends Error {
  override readonly name = 'BerError';
}

export const TAG = {
  integer: 0x02,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
  ipAddress: 0x40,
  counter32: 0x41,
  gauge32: 0x42,
  timeTicks: 0x43,
  opaque: 0x44,
  counter64: 0x46,
  noSuchObject: 0x80,
  noSuchInstance: 0x81,
  endOfMibView: 0x82,
} as const;

export class BerReader {
  readonly bytes: Uint8Array;
  position: number;
  readonly end: number;

  constructor(bytes: Uint8Array, position = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  /** Tag of the next element without reading it; -1 at the end. */
  peek(): number {
    return this.position < this.end ? this.bytes[this.position]! : -1;
  }

  /** Reads tag and length; leaves `position` at the content and returns the content's end. */
  enter(tag: number): number {
    const found = this.peek();
    if (found !== tag) throw new BerError(`expected tag ${tag}, found ${found}`);
    this.position++;
    return this.#contentEnd();
  }

  /** Steps into an element whose end may have been cut off, whatever its tag is. */
  enterDamaged(): void {
    this.position++;
    const first = this.bytes[this.position++] ?? 0;
    if (first > 128) this.position += first & 127;
  }

  /** Like `enter`, for any tag, which is returned by `peek` before. */
  enterAny(): number {
    if (this.position >= this.end) throw new BerError('cut off');
    this.position++;
    return this.#contentEnd();
  }

  /** A signed integer of up to 8 bytes. */
  integer(tag: number = TAG.integer): number {
    const end = this.enter(tag);
    const value = signedInteger(this.bytes, this.position, end);
    this.position = end;
    return value;
  }

  /** Content of an octet string as a view. */
  octets(): Uint8Array {
    const end = this.enter(TAG.octetString);
    const view = this.bytes.subarray(this.position, end);
    this.position = end;
    return view;
  }

  #contentEnd(): number {
    const { bytes, end } = this;
    if (this.position >= end) throw new BerError('cut off');
    let length = bytes[this.position++]!;
    if (length >= 128) {
      let count = length & 127;
      if (count === 0 || count > 4) throw new BerError('unusable length');
      length = 0;
      for (; count > 0; count--) {
        if (this.position >= end) throw new BerError('cut off');
        length = length * 256 + bytes[this.position++]!;
      }
    }
    const contentEnd = this.position + length;
    if (contentEnd > end) throw new BerError('cut off');
    return contentEnd;
  }
}

export function signedInteger(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length < 1 || length > 8) throw new BerError('unusable integer');
  let value = bytes[start]! >= 128 ? bytes[start]! - 256 : bytes[start]!;
  for (let i = start + 1; i < end; i++) value = value * 256 + bytes[i]!;
  return value;
}

/** Unsigned, however the device encoded it: some leave out the leading zero byte. */
export function unsignedInteger(bytes: Uint8Array, start: number, end: number, maxBytes: 4 | 8): number {
  const length = end - start;
  if (length < 1 || length > 9) throw new BerError('unusable integer');
  let value = 0;
  for (let i = length > maxBytes ? end - maxBytes : start; i < end; i++) value = value * 256 + bytes[i]!;
  return value;
}

export class BerWriter {
  #bytes = new Uint8Array(2048);
  #position = this.#bytes.length;

  reset(): void {
    this.#position = this.#bytes.length;
  }

  /** Where the next byte will go, counted from the end: give it to `wrap` later. */
  mark(): number {
    return this.#bytes.length - this.#position;
  }

  byte(value: number): void {
    if (this.#position === 0) this.#grow(1);
    this.#bytes[--this.#position] = value;
  }

  raw(content: Uint8Array): void {
    if (this.#position < content.length) this.#grow(content.length);
    this.#position -= content.length;
    this.#bytes.set(content, this.#position);
  }

  /** Puts tag and length before everything written since `mark`. */
  wrap(tag: number, mark: number): void {
    const length = this.mark() - mark;
    if (length < 128) this.byte(length);
    else {
      let count = 0;
      for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) {
        this.byte(rest % 256);
        count++;
      }
      this.byte(128 | count);
    }
    this.byte(tag);
  }

  element(tag: number, content: Uint8Array): void {
    const mark = this.mark();
    this.raw(content);
    this.wrap(tag, mark);
  }

  /** A signed 32-bit integer. */
  integer(value: number): void {
    const mark = this.mark();
    let rest = value | 0;
    for (;;) {
      this.byte(rest & 255);
      const sign = rest & 128;
      rest >>= 8;
      if ((rest === 0 && sign === 0) || (rest === -1 && sign !== 0)) break;
    }
    this.wrap(TAG.integer, mark);
  }

  /** A copy of what was written. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(this.#position);
  }

  #grow(needed: number): void {
    const used = this.mark();
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, used + needed + 64));
    larger.set(this.#bytes.subarray(this.#position), larger.length - used);
    this.#position = larger.length - used;
    this.#bytes = larger;
  }
}
