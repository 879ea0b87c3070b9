/**
 * Field values and timestamps of line protocol beyond the plain decimals that the parser's hot loop reads itself.
 */
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INTEGER = /^[+-]?\d+$/;
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

const BOOLEANS = new Map([
  ...['t', 'T', 'true', 'True', 'TRUE'].map((word) => [word, 1] as const),
  ...['f', 'F', 'false', 'False', 'FALSE'].map((word) => [word, 0] as const),
]);

/** The value of an unquoted field, or why it is none. */
export function parseScalar(text: string): number | string {
  const boolean = BOOLEANS.get(text);
  if (boolean !== undefined) return boolean;
  const suffix = text.at(-1);
  if (suffix === 'i' || suffix === 'u') {
    const digits = text.slice(0, -1);
    if (!INTEGER.test(digits) || (suffix === 'u' && digits.startsWith('-'))) return 'is not a number';
    const value = BigInt(digits.startsWith('+') ? digits.slice(1) : digits);
    const fits = suffix === 'u' ? value <= UINT64_MAX : value <= INT64_MAX && value >= -INT64_MAX - 1n;
    return fits ? Number(value) : 'does not fit in 64 bits';
  }
  if (!FLOAT.test(text)) return text === '' ? 'is empty' : 'is not a number, boolean or quoted string';
  const value = Number(text);
  return Number.isFinite(value) ? value : 'is too large for a float';
}

/** Whether the decimal digits of a timestamp fit in 64 bits. */
export function fitsInt64(text: string): boolean {
  const value = BigInt(text);
  return value <= INT64_MAX && value >= -INT64_MAX - 1n;
}
