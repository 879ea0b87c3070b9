/** Reads protobuf wire format (varints and length-delimited fields) from bytes that the caller owns. */

/** The bytes are no protobuf message of the expected kind. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

export class ProtobufReader {
  readonly bytes: Uint8Array;
  at = 0;
  end: number;
  /** Number and wire type of the field that `next` found. */
  field = 0;
  wire = 0;
  /** Where the content of a length-delimited field ends. */
  contentEnd = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  /** Moves to the next field of the message that ends at `end`; false at its end. `at` is then the content. */
  next(end: number): boolean {
    if (this.at >= end) {
      if (this.at > end) throw new ProtobufError('a message is longer than its field');
      return false;
    }
    const tag = this.varint(end);
    this.field = Math.floor(tag / 8);
    this.wire = tag % 8;
    if (this.wire === WIRE.bytes) {
      const length = this.varint(end);
      this.contentEnd = this.at + length;
      if (this.contentEnd > end) throw new ProtobufError('a field is longer than its message');
    } else if (this.wire === WIRE.fixed64) this.contentEnd = this.at + 8;
    else if (this.wire === WIRE.fixed32) this.contentEnd = this.at + 4;
    else if (this.wire !== WIRE.varint) throw new ProtobufError(`wire type ${this.wire} is not known`);
    if (this.wire !== WIRE.varint && this.contentEnd > end) throw new ProtobufError('the message is cut off');
    return true;
  }

  /** Unsigned up to 2^53 exactly; more loses low bits. */
  varint(end: number): number {
    let value = 0;
    let scale = 1;
    for (let n = 0; n < 10; n++) {
      if (this.at >= end) throw new ProtobufError('the message is cut off');
      const byte = this.bytes[this.at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    throw new ProtobufError('a varint is too long');
  }

  /** int64 as two's complement; exact within ±2^53. */
  int64(end: number): number {
    let low = 0;
    let high = 0;
    let shift = 0;
    for (let n = 0; n < 10; n++) {
      if (this.at >= end) throw new ProtobufError('the message is cut off');
      const byte = this.bytes[this.at++]!;
      const seven = byte & 127;
      if (shift < 28) low |= seven << shift;
      else if (shift === 28) {
        low |= (seven & 15) << 28;
        high |= seven >>> 4;
      } else high |= seven << (shift - 32);
      if (byte < 128) return high * 4294967296 + (low >>> 0);
      shift += 7;
    }
    throw new ProtobufError('a varint is too long');
  }

  /** Passes over the content of the current field. */
  skip(end: number): void {
    if (this.wire === WIRE.varint) this.varint(end);
    else this.at = this.contentEnd;
  }
}
