/** Writes JSON into one growing array of bytes, numbers digit by digit, so that large results need no strings. */

const encoder = new TextEncoder();
const QUOTE = 34;
const BACKSLASH = 92;
const MINUS = 45;
const ZERO = 48;
const HEX = '0123456789abcdef';
/** Integers up to here are exact and written without a detour over a string. */
const MAX_PLAIN_INTEGER = 1e15;

const digits = new Uint8Array(20);

export class ByteWriter {
  bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes sure that `count` more bytes fit. */
  room(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  /** ASCII text as it is. */
  ascii(text: string): void {
    this.room(text.length);
    for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text.charCodeAt(i);
  }

  /** Bytes `[from, to)` of another array. */
  copy(source: Uint8Array, from: number, to: number): void {
    this.room(to - from);
    for (let i = from; i < to; i++) this.bytes[this.length++] = source[i]!;
  }

  /** A JSON string. */
  text(value: string): void {
    this.room(value.length * 6 + 2);
    this.bytes[this.length++] = QUOTE;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code === QUOTE || code === BACKSLASH) {
        this.bytes[this.length++] = BACKSLASH;
        this.bytes[this.length++] = code;
      } else if (code >= 32 && code < 127) this.bytes[this.length++] = code;
      else if (code < 128) this.#control(code);
      else {
        // From the first other character on, by the platform's encoder.
        let end = i + 1;
        while (end < value.length && value.charCodeAt(end) >= 128) end++;
        this.length += encoder.encodeInto(value.slice(i, end), this.bytes.subarray(this.length)).written;
        i = end - 1;
      }
    }
    this.bytes[this.length++] = QUOTE;
  }

  #control(code: number): void {
    const short = code === 10 ? 'n' : code === 13 ? 'r' : code === 9 ? 't' : code === 8 ? 'b' : code === 12 ? 'f' : '';
    if (short !== '') this.ascii(`\\${short}`);
    else this.ascii(`\\u00${HEX[code >> 4]}${HEX[code & 15]}`);
  }

  /** A sample value as Prometheus writes it, without quotes: shortest digits, `+Inf`, `-Inf`, `NaN`. */
  float(value: number): void {
    if (value === Math.trunc(value) && value > -MAX_PLAIN_INTEGER && value < MAX_PLAIN_INTEGER) {
      if (value === 0 && 1 / value < 0) this.ascii('-0');
      else this.integer(value);
      return;
    }
    if (Number.isNaN(value)) this.ascii('NaN');
    else if (value === Number.POSITIVE_INFINITY) this.ascii('+Inf');
    else if (value === Number.NEGATIVE_INFINITY) this.ascii('-Inf');
    else {
      const text = String(value);
      const exponent = text.indexOf('e');
      // Go writes exponents with at least two digits.
      if (exponent > 0 && text.length - exponent === 3) this.ascii(`${text.slice(0, -1)}0${text.at(-1)}`);
      else this.ascii(text);
    }
  }

  /** A whole number below 1e15 in magnitude. */
  integer(value: number): void {
    this.room(20);
    if (value < 0) {
      this.bytes[this.length++] = MINUS;
      value = -value;
    }
    let count = 0;
    // The upper part leaves 32-bit arithmetic for most digits.
    while (value >= 1e9) {
      const upper = Math.floor(value / 1e9);
      let lower = value - upper * 1e9;
      for (let i = 0; i < 9; i++) {
        const next = (lower / 10) | 0;
        digits[count++] = ZERO + (lower - next * 10);
        lower = next;
      }
      value = upper;
    }
    let rest = value | 0;
    do {
      const next = (rest / 10) | 0;
      digits[count++] = ZERO + (rest - next * 10);
      rest = next;
    } while (rest > 0);
    while (count > 0) this.bytes[this.length++] = digits[--count]!;
  }

  /** Milliseconds since 1970 as seconds with up to three decimals. */
  timestamp(timeMs: number): void {
    const ms = Math.round(timeMs);
    const seconds = Math.trunc(ms / 1000);
    const rest = Math.abs(ms - seconds * 1000);
    if (seconds === 0 && ms < 0) this.ascii('-0');
    else this.integer(seconds);
    if (rest === 0) return;
    this.ascii(`.${String(rest).padStart(3, '0').replace(/0+$/, '')}`);
  }

  /** What was written. */
  result(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }
}
