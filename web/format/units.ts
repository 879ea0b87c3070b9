/**
 * Numbers as people read them. Units are the words of the contract's field names (`bytes`, `celsius`, `percent`, …);
 * rates of octets become bits per second. Decimal prefixes for rates, binary ones for memory and disks.
 */

export const UNITS = {
  none: '',
  percent: '%',
  bitsPerSecond: 'bps',
  bytes: 'B',
  bytesPerSecond: 'B/s',
  celsius: '°C',
  milliseconds: 'ms',
  seconds: 's',
  perSecond: '/s',
  volts: 'V',
  amperes: 'A',
  watts: 'W',
  wattHours: 'Wh',
  hertz: 'Hz',
  rpm: 'rpm',
  decibelMilliwatt: 'dBm',
  pascals: 'Pa',
  airflow: 'm³/h',
} as const;
export type Unit = keyof typeof UNITS;

const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P'] as const;
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'] as const;
const NARROW_SPACE = '\u202f';

/** No value: a dash that is read as such. */
export const NOTHING = '–';

/** A value with its unit: `12.4 Mbps`, `3.20 GiB`, `41.5 °C`. */
export function formatValue(value: number | null | undefined, unit: Unit = 'none'): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NOTHING;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  switch (unit) {
    case 'bytes':
      return scaled(value, 1024, BINARY, 'B');
    case 'bytesPerSecond':
      return scaled(value, 1000, DECIMAL, 'B/s');
    case 'bitsPerSecond':
      return scaled(value, 1000, DECIMAL, 'bps');
    case 'hertz':
    case 'watts':
    case 'wattHours':
      return scaled(value, 1000, DECIMAL, UNITS[unit]);
    case 'seconds':
      return Math.abs(value) < 1 ? formatValue(value * 1000, 'milliseconds') : formatDuration(value);
    case 'percent':
      return withUnit(digits(value, value >= 99.95 || value === 0 ? 0 : 1), '%');
    case 'celsius':
      return withUnit(digits(value, 1), '°C');
    case 'rpm':
    case 'pascals':
      return withUnit(group(value), UNITS[unit]);
    case 'none':
      return Math.abs(value) >= 10_000 ? scaled(value, 1000, DECIMAL, '') : plain(value);
    default:
      return withUnit(plain(value), UNITS[unit]);
  }
}

function scaled(value: number, base: number, prefixes: readonly string[], unit: string): string {
  let amount = Math.abs(value);
  let step = 0;
  while (amount >= base * 0.9995 && step < prefixes.length - 1) {
    amount /= base;
    step++;
  }
  const text = step === 0 ? plain(amount) : threeDigits(amount);
  return withUnit((value < 0 ? '−' : '') + text, prefixes[step]! + unit);
}

function withUnit(text: string, unit: string): string {
  return unit === '' ? text : text + NARROW_SPACE + unit;
}

function threeDigits(amount: number): string {
  return amount.toFixed(amount >= 99.95 ? 0 : amount >= 9.995 ? 1 : 2);
}

function plain(value: number): string {
  if (Number.isInteger(value)) return group(value);
  const size = Math.abs(value);
  if (size >= 1000) return group(value);
  if (size !== 0 && size < 0.001) return minus(value.toExponential(1));
  return digits(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

function digits(value: number, count: number): string {
  return minus(value.toFixed(count));
}

function minus(text: string): string {
  return text.replace(/^-/, '−');
}

function group(value: number): string {
  return minus(
    Math.round(value)
      .toString()
      .replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE),
  );
}

/** Seconds as `12 s`, `3 min 20 s`, `5 h 12 min`, `42 d 3 h`: the two largest parts. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return NOTHING;
  const total = Math.round(Math.abs(seconds));
  const parts: readonly [number, string][] = [
    [Math.floor(total / 86_400), 'd'],
    [Math.floor((total % 86_400) / 3600), 'h'],
    [Math.floor((total % 3600) / 60), 'min'],
    [total % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return `0${NARROW_SPACE}s`;
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, name]) => count + NARROW_SPACE + name)
    .join(' ');
}

/** `1 device`, `3 devices`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${group(amount)} ${amount === 1 ? one : many}`;
}

/** Reads the unit off a metric's name, as the contract builds them. Rates of octets are told by the caller. */
export function unitOf(metric: string): Unit {
  const endings: readonly [RegExp, Unit][] = [
    [/_percent$/, 'percent'],
    [/_bits_per_second$/, 'bitsPerSecond'],
    [/_(bytes|octets)$/, 'bytes'],
    [/_celsius$/, 'celsius'],
    [/_ms$/, 'milliseconds'],
    [/_seconds$/, 'seconds'],
    [/_volts$/, 'volts'],
    [/_amps$/, 'amperes'],
    [/_watts$/, 'watts'],
    [/_wh$/, 'wattHours'],
    [/_dbm$/, 'decibelMilliwatt'],
  ];
  return endings.find(([ending]) => ending.test(metric))?.[1] ?? 'none';
}

const SENSOR_UNITS: Readonly<Record<string, Unit>> = {
  temperature: 'celsius',
  humidity: 'percent',
  fan: 'rpm',
  voltage: 'volts',
  current: 'amperes',
  power: 'watts',
  energy: 'wattHours',
  frequency: 'hertz',
  airflow: 'airflow',
  pressure: 'pascals',
  signal: 'decibelMilliwatt',
};

/** Unit of a `sensor_value` by the sensor's class. */
export function sensorUnit(sensorClass: string): Unit {
  return SENSOR_UNITS[sensorClass] ?? 'none';
}
