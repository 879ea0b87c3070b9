/** Numbers and durations of the query language, read and printed as Prometheus does. */

const UNIT_MS = { y: 31_536_000_000, w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const UNITS = ['y', 'w', 'd', 'h', 'm', 's', 'ms'] as const;
/** Prometheus keeps durations in int64 nanoseconds. */
const MAX_DURATION_MS = 2 ** 63 / 1e6;

/** Milliseconds of a duration literal, or undefined when it is none or too long. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (!match || text === '') return undefined;
  let total = 0;
  UNITS.forEach((unit, i) => {
    const part = match[i + 1];
    if (part !== undefined) total += Number(part) * UNIT_MS[unit];
  });
  return total <= MAX_DURATION_MS ? total : undefined;
}

/** `1h30m`, `5s`, `0s`; days and larger only when nothing is left over. */
export function formatDuration(durationMs: number): string {
  let ms = Math.round(Math.abs(durationMs));
  if (ms === 0) return '0s';
  let out = durationMs < 0 ? '-' : '';
  for (const unit of UNITS) {
    const size = UNIT_MS[unit];
    if ((unit === 'y' || unit === 'w' || unit === 'd') && ms % size !== 0) continue;
    const count = Math.floor(ms / size);
    if (count > 0) {
      out += `${count}${unit}`;
      ms -= count * size;
    }
  }
  return out;
}

/** Value of a number literal: decimal, hexadecimal, with underscores, `inf` or `nan` in any case. */
export function parseNumber(text: string): number | undefined {
  const lower = text.toLowerCase();
  if (lower === 'inf' || lower === '+inf') return Number.POSITIVE_INFINITY;
  if (lower === '-inf') return Number.NEGATIVE_INFINITY;
  if (lower === 'nan') return Number.NaN;
  const sign = text.startsWith('-') ? -1 : 1;
  const plain = text.replace(/^[+-]/, '').replaceAll('_', '');
  if (/^0[xX][0-9a-fA-F]+$/.test(plain)) return sign * Number(plain);
  // Go reads an integer with a leading zero as octal, where it can.
  if (/^0[0-7]+$/.test(plain)) return sign * Number.parseInt(plain, 8);
  if (/^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(plain)) return sign * Number(plain);
  return undefined;
}

/** Shortest text that reads back to the same float64, without exponent, as in label values and results. */
export function formatFloat(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  if (Number.isNaN(value)) return 'NaN';
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  return text.includes('e') ? expand(text) : text;
}

/** Go's `%g`: like `formatFloat` but with an exponent below 1e-4 and from 1e21 on. */
export function formatShort(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude === 0 || !Number.isFinite(value) || (magnitude >= 1e-4 && magnitude < 1e21)) return formatFloat(value);
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const digits = exponent.slice(1).padStart(2, '0');
  return `${mantissa}e${exponent[0]}${digits}`;
}

function expand(text: string): string {
  const [mantissa, exponentText] = text.split('e') as [string, string];
  const exponent = Number(exponentText);
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole, fraction = ''] = mantissa.replace('-', '').split('.') as [string, string?];
  const digits = whole + fraction;
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - whole.length)}${digits}`;
  return sign + digits.padEnd(whole.length + exponent, '0');
}

/** Go's `%.<digits>g`: so many significant digits, without trailing zeros. */
export function formatFixed(value: number, digits: number): string {
  if (!Number.isFinite(value) || value === 0) return formatFloat(value);
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e') as [string, string];
  const power = Number(exponent);
  if (power >= -4 && power < digits) return formatFloat(Number(value.toPrecision(digits)));
  const plain = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return `${plain}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}
