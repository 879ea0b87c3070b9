/** The functions of the template language. Each gets its arguments' values and the numbers of the row's index. */
import type { Pattern } from './pattern.ts';
import { isTrue, toMac, toNumber, toText, type Value } from './value.ts';

export type { Value } from './value.ts';

interface Definition {
  readonly least: number;
  readonly most: number;
  /** For messages. */
  readonly usage: string;
  readonly run: (values: readonly Value[], parts: readonly number[]) => Value;
}

/** A function over a text and a regular expression, which is the argument number `pattern`. */
interface Matching extends Omit<Definition, 'run'> {
  readonly run?: undefined;
  readonly pattern: number;
  readonly match: (pattern: Pattern, values: readonly Value[]) => Value;
}

function numeric(run: (...numbers: number[]) => number, least: number, most: number, usage: string): Definition {
  return {
    least,
    most,
    usage,
    run: (values) => {
      const numbers = values.map(toNumber);
      if (numbers.some((number) => number === undefined)) return undefined;
      const result = run(...(numbers as number[]));
      return Number.isFinite(result) ? result : undefined;
    },
  };
}

function onText(run: (text: string) => Value): Definition {
  return {
    least: 1,
    most: 1,
    usage: 'one value',
    run: ([value]) => {
      const text = toText(value);
      return text === undefined ? undefined : run(text);
    },
  };
}

function unixSeconds(bytes: Uint8Array): number | undefined {
  // DateAndTime of SNMPv2-TC: year (2), month, day, hour, minute, second, deci-seconds[, sign, hours, minutes from UTC]
  if (bytes.length !== 8 && bytes.length !== 11) return undefined;
  const [high, low, month, day, hour, minute, second] = bytes as unknown as number[];
  const time = Date.UTC(high! * 256 + low!, month! - 1, day!, hour!, minute!, second!) / 1000;
  if (bytes.length === 8) return time;
  const offset = (bytes[9]! * 60 + bytes[10]!) * 60;
  return bytes[8] === 0x2d ? time + offset : time - offset;
}

/** Blanks, dashes and erased memory, and what firmware writes where nobody has written anything. */
const SAYS_NOTHING =
  /^(?:[\s\-?.*_]*|\u00ff+|"+|\(?(?:n\/?a|none|null|nil|empty|unknown|undefined|unspecified|not (?:specified|available|applicable|set|defined|known|supported|programmed|configured)|no (?:serial|asset|model).*|to be filled by o\.?e\.?m\.?|default string|system (?:product name|serial number|manufacturer)|invalid)\)?)$/i;

export const FUNCTIONS: Readonly<Record<string, (Definition & { readonly pattern?: undefined }) | Matching>> = {
  abs: numeric(Math.abs, 1, 1, 'one number'),
  round: numeric((value, digits = 0) => Math.round(value * 10 ** digits) / 10 ** digits, 1, 2, 'a number and decimals'),
  floor: numeric(Math.floor, 1, 1, 'one number'),
  power: numeric((base, exponent) => base ** exponent, 2, 2, 'base and exponent'),
  min: numeric(Math.min, 1, 9, 'numbers'),
  max: numeric(Math.max, 1, 9, 'numbers'),
  /** The 32 bits of an unsigned number read as a signed one: agents send -1 as 4294967295. */
  signed: numeric((value) => value | 0, 1, 1, 'one number'),
  /** Milliwatts to dBm. */
  dbm: numeric((milliwatts) => (milliwatts > 0 ? 10 * Math.log10(milliwatts) : Number.NaN), 1, 1, 'milliwatts'),
  /** Bits `from` (0 is the least) and up of an integer. */
  bits: numeric((value, from, count) => Math.floor(value / 2 ** from!) % 2 ** count!, 3, 3, 'a number, from, count'),
  /** Whether bit `n` of BITS (first is 0, from the left) is set. */
  bit: {
    least: 2,
    most: 2,
    usage: 'BITS and a bit number',
    run: ([value, bit]) => {
      const number = toNumber(bit);
      if (!(value instanceof Uint8Array) || number === undefined) return undefined;
      const byte = value[number >> 3];
      return byte === undefined ? 0 : (byte >> (7 - (number & 7))) & 1;
    },
  },
  /** The first number in a text: `"41 degC"` is 41. */
  num: onText((text) => {
    const found = /[-+]?(?:\d+\.?\d*|\.\d+)/.exec(text.replace(/(\d),(\d)/g, '$1.$2'));
    return found ? Number(found[0]) : undefined;
  }),
  text: onText((text) => text),
  lower: onText((text) => text.toLowerCase()),
  upper: onText((text) => text.toUpperCase()),
  /** A whole number in hexadecimal text. */
  from_hex: onText((text) =>
    /^(?:0x)?[0-9a-f]+$/i.test(text) ? Number.parseInt(text.replace(/^0x/i, ''), 16) : undefined,
  ),
  hex: {
    least: 1,
    most: 1,
    usage: 'octets',
    run: ([value]) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : undefined),
  },
  mac: { least: 1, most: 1, usage: 'octets', run: ([value]) => toMac(value) },
  /** Octets as one big-endian number. */
  octets: {
    least: 1,
    most: 1,
    usage: 'octets',
    run: ([value]) =>
      value instanceof Uint8Array ? value.reduce((sum, byte) => sum * 256 + byte, 0) : toNumber(value),
  },
  /** IEEE 754 single in four octets, also behind opaque-float's three bytes of header. */
  float: {
    least: 1,
    most: 1,
    usage: 'octets',
    run: ([value]) => {
      if (!(value instanceof Uint8Array)) return toNumber(value);
      if (value.length !== 4 && !(value.length === 7 && value[0] === 0x9f && value[1] === 0x78)) return toNumber(value);
      const number = new DataView(value.buffer, value.byteOffset + value.length - 4, 4).getFloat32(0);
      return Number.isFinite(number) ? Number(number.toPrecision(7)) : undefined;
    },
  },
  /** Unix seconds of DateAndTime. */
  date: {
    least: 1,
    most: 1,
    usage: 'DateAndTime octets',
    run: ([value]) => (value instanceof Uint8Array ? unixSeconds(value) : undefined),
  },
  /** What a regular expression finds: its first group that took part, else the whole. */
  capture: {
    least: 2,
    most: 2,
    usage: 'a text and a regular expression',
    pattern: 1,
    match: (pattern, [value]) => {
      const text = toText(value);
      return text === undefined ? undefined : pattern.capture(text)?.trim() || undefined;
    },
  },
  replace: {
    least: 3,
    most: 3,
    usage: 'a text, a regular expression and the new text',
    pattern: 1,
    match: (pattern, [value, , replacement]) => {
      const text = toText(value);
      return text === undefined ? undefined : pattern.replace(text, toText(replacement) ?? '');
    },
  },
  /** The value unless it says nothing; the first such of several. */
  filled: {
    least: 1,
    most: 9,
    usage: 'values',
    run: (values) => values.find((value) => !SAYS_NOTHING.test(toText(value) ?? '')),
  },
  known: { least: 1, most: 1, usage: 'one value', run: ([value]) => (value === undefined ? 0 : 1) },
  /** The value where the condition holds, else unknown. */
  when: {
    least: 2,
    most: 2,
    usage: 'a condition and a value',
    run: ([condition, value]) => (isTrue(condition) ? value : undefined),
  },
  /** The last numbers of an OID: `tail(pointer, 1)` of `….2.2.1.1.5` is 5. */
  tail: {
    least: 2,
    most: 2,
    usage: 'an OID and how many numbers',
    run: ([value, count]) =>
      toText(value)
        ?.split('.')
        .slice(-(toNumber(count) ?? 1))
        .join('.'),
  },
  /** Index numbers from the n-th on, dotted; with a count, so many of them. */
  index_from: {
    least: 1,
    most: 2,
    usage: 'a position and a count',
    run: ([from, count], parts) => {
      const start = (toNumber(from) ?? 1) - 1;
      const wanted = toNumber(count);
      const found = parts.slice(start, wanted === undefined ? undefined : start + wanted);
      return found.length === 0 ? undefined : found.join('.');
    },
  },
  /** Text in the index with its length before it, at the n-th number. */
  index_text: {
    least: 1,
    most: 1,
    usage: 'a position',
    run: ([from], parts) => {
      const start = (toNumber(from) ?? 1) - 1;
      const length = parts[start];
      if (length === undefined || start + 1 + length > parts.length) return undefined;
      return toText(Uint8Array.from(parts.slice(start + 1, start + 1 + length)));
    },
  },
  /** Six numbers of the index, from the n-th on, as a MAC address. */
  index_mac: {
    least: 1,
    most: 1,
    usage: 'a position',
    run: ([from], parts) => {
      const start = (toNumber(from) ?? 1) - 1;
      return parts.length < start + 6 ? undefined : toMac(Uint8Array.from(parts.slice(start, start + 6)));
    },
  },
  /** Text that fills the rest of the index, without a length. */
  index_rest: {
    least: 1,
    most: 1,
    usage: 'a position',
    run: ([from], parts) => toText(Uint8Array.from(parts.slice((toNumber(from) ?? 1) - 1))),
  },
  join: {
    least: 2,
    most: 9,
    usage: 'texts',
    run: (values) =>
      values
        .map((value) => toText(value) ?? '')
        .join('')
        .trim(),
  },
};
