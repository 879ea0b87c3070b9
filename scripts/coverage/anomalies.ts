/** What can hardly be true of any device: sentinels taken for readings, wrong units, texts that say nothing. */
import type { PolledRow } from '../../src/templates/poll-plan.ts';

/** What agents send instead of a reading, beside the ends of the ranges of integers. */
const SENTINELS: ReadonlySet<number> = new Set([
  -2147483648, 2147483647, 4294967295, -32768, 32767, 65535, 65534, -999, -9999, -1000, 9999, -99999999, 999999,
]);

/** By class of `sensor`: what a plant or a rack can show. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  temperature: [-60, 250],
  humidity: [0, 100],
  percent: [-100, 1000],
  fan: [0, 60_000],
  voltage: [-1000, 100_000],
  current: [-10_000, 10_000],
  power: [-1_000_000, 10_000_000],
  frequency: [0, 1000],
  signal: [-140, 60],
  ratio: [-60, 120],
  power_factor: [-1, 1],
  contact: [0, 1],
};

/** Fields of other measurements that are percentages whatever they belong to, and those that have bounds of their own. */
const FIELD_RANGES: readonly (readonly [RegExp, number, number])[] = [
  [/_?percent$/, 0, 100],
  [/temperature_celsius$/, -60, 250],
  [/^(?:ok|on|delivering|on_battery|battery_ok|smart_ok)$/, 0, 1],
  [/^(?:total|used)_bytes$/, 0, 2 ** 60],
  [/^tx_power_dbm$/, -40, 60],
  [/^runtime_seconds$/, 0, 10 * 86_400],
];

const EMPTY_WORDS =
  /^(?:n\/?a|none|null|nil|unknown|undefined|unspecified|not (?:specified|available|applicable|set|defined|present)|no such .*|to be filled by o\.?e\.?m\.?|default string|system (?:product name|serial number)|-+|\?+)$/i;

/** Sentences about facts and rows, in no order. */
export function anomaliesOf(facts: Readonly<Record<string, string>>, rows: readonly PolledRow[]): string[] {
  const found: string[] = [];
  for (const [fact, text] of Object.entries(facts)) {
    const problem = textProblem(text);
    if (problem && !(fact === 'contact' || fact === 'location'))
      found.push(`fact ${fact}: ${problem}: ${JSON.stringify(text.slice(0, 80))}`);
  }
  const seen = new Set<string>();
  for (const row of rows) {
    const tags = JSON.stringify(row.tags);
    const label = `${row.measurement} ${tags}`;
    if (seen.has(label)) found.push(`${label}: twice`);
    seen.add(label);
    for (const [tag, text] of Object.entries(row.tags)) {
      if (text === '') found.push(`${label}: empty tag ${tag}`);
      else if (/[\p{Cc}\ufffd]/u.test(text)) found.push(`${label}: control characters in tag ${tag}`);
    }
    found.push(...fieldProblems(row).map((problem) => `${label}: ${problem}`));
  }
  return found;
}

function textProblem(text: string): string | undefined {
  if (text.trim() === '') return 'empty';
  if (/[\p{Cc}\ufffd]/u.test(text)) return 'control characters';
  if (EMPTY_WORDS.test(text.trim())) return 'says nothing';
  if (/^(?:0x)?[0-9a-f]{2}(?:[ :][0-9a-f]{2}){7,}$/i.test(text)) return 'octets in hexadecimal';
  if (text.length > 120) return 'long';
  return undefined;
}

function fieldProblems({ measurement, tags, fields }: PolledRow): string[] {
  const found: string[] = [];
  const isCounted = measurement === 'interface' || measurement === 'printer_supply';
  for (const [field, value] of Object.entries(fields)) {
    if (!Number.isFinite(value)) found.push(`${field} ${value}`);
    if (isCounted && !field.endsWith('percent')) continue;
    if (SENTINELS.has(value) && field !== 'processes' && field !== 'state')
      found.push(`${field} is the sentinel ${value}`);
    const range = measurement === 'sensor' && field === 'value' ? RANGES[tags.class ?? ''] : undefined;
    if (range && (value < range[0] || value > range[1])) found.push(`${field} ${value} beyond ${range.join('…')}`);
    if (measurement === 'sensor' && field === 'value' && Math.abs(value) > 0 && Math.abs(value) < 1e-6)
      found.push(`${field} ${value} is nothing`);
    for (const [name, low, high] of FIELD_RANGES) {
      if (name.test(field) && (value < low || value > high)) found.push(`${field} ${value} beyond ${low}…${high}`);
    }
  }
  const { used_bytes: used, total_bytes: total, low, high } = fields;
  if (total === 0) found.push('total_bytes 0');
  if (used !== undefined && total !== undefined && used > total) found.push(`used ${used} of ${total}`);
  if (low !== undefined && high !== undefined && low > high) found.push(`low ${low} above high ${high}`);
  return found;
}
