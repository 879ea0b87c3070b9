/** One recording: what it holds beside what our templates make of it. */
import type { PolledRow } from '../../src/templates/poll-plan.ts';
import type { Holdings, Reading } from './holdings.ts';

export interface Comparison {
  readonly factsHeld: readonly string[];
  readonly factsMissed: readonly string[];
  /** Both say something, and neither contains the other. */
  readonly factsDiffering: readonly { readonly fact: string; readonly ours: string; readonly theirs: string }[];
  readonly familiesHeld: readonly string[];
  readonly familiesMissed: readonly string[];
  readonly readingsHeld: number;
  readonly readingsMissed: readonly Reading[];
}

/** Families that rows belong to; states are found in several measurements. */
export function familiesOf(rows: readonly PolledRow[]): Set<string> {
  const found = new Set<string>();
  for (const { measurement, tags, fields } of rows) {
    found.add(measurement);
    if (measurement === 'sensor') found.add(`sensor:${tags.class}`);
    if (tags.class === 'state' || tags.class === 'contact') found.add('state');
    if ('ok' in fields || 'state' in fields || 'on' in fields || 'delivering' in fields) found.add('state');
    if (measurement === 'disk' && 'temperature_celsius' in fields) found.add('sensor:temperature');
    if (measurement === 'disk' && 'life_percent' in fields) found.add('sensor:percent');
    if (measurement === 'poe' && 'watts' in fields) found.add('sensor:power');
    if (measurement === 'wireless' && 'tx_power_dbm' in fields) found.add('sensor:signal');
    if (measurement === 'ups') addUps(found, fields);
  }
  return found;
}

function addUps(found: Set<string>, fields: Readonly<Record<string, number>>): void {
  if ('battery_temperature_celsius' in fields) found.add('sensor:temperature');
  if ('input_volts' in fields || 'output_volts' in fields) found.add('sensor:voltage');
  if ('output_watts' in fields) found.add('sensor:power');
  if ('on_battery' in fields) found.add('state');
}

/** Every number of the rows, by family. */
function valuesOf(rows: readonly PolledRow[]): Map<string, number[]> {
  const values = new Map<string, number[]>();
  const add = (family: string, value: number | undefined): void => {
    if (value === undefined) return;
    const known = values.get(family);
    if (known) known.push(value);
    else values.set(family, [value]);
  };
  for (const { measurement, tags, fields } of rows) {
    if (measurement === 'sensor') {
      add(`sensor:${tags.class}`, fields.value);
      add(`sensor:${tags.class}`, fields.high);
    }
    if (measurement === 'cpu') add('cpu', fields.percent);
    if (measurement === 'memory' || measurement === 'storage') {
      add(measurement, fields.total_bytes);
      add(measurement, fields.percent);
      if (fields.total_bytes) add(measurement, ((fields.used_bytes ?? 0) / fields.total_bytes) * 100);
    }
    if (measurement === 'disk') {
      add('sensor:temperature', fields.temperature_celsius);
      add('sensor:percent', fields.life_percent);
    }
    if (measurement === 'poe') add('sensor:power', fields.watts);
    if (measurement === 'ups') {
      add('sensor:temperature', fields.battery_temperature_celsius);
      add('sensor:voltage', fields.input_volts);
      add('sensor:voltage', fields.output_volts);
      add('sensor:power', fields.output_watts);
    }
  }
  return values;
}

/** The same but for rounding: half a unit below 50, a hundredth above. */
function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(0.5, Math.abs(b) * 0.01);
}

/** Punctuation and case do not count, nor what one of them adds. */
function isSameText(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => text.toLowerCase().replace(/[^a-z0-9]/g, ''));
  return one!.includes(other!) || other!.includes(one!);
}

export function compare(
  held: Holdings,
  facts: Readonly<Record<string, string>>,
  rows: readonly PolledRow[],
): Comparison {
  const families = familiesOf(rows);
  const values = valuesOf(rows);
  const factsHeld = [...held.facts.keys()];
  const familiesHeld = [...held.families].sort();
  return {
    factsHeld,
    factsMissed: factsHeld.filter((fact) => facts[fact] === undefined),
    factsDiffering: [...held.facts].flatMap(([fact, theirs]) => {
      const ours = facts[fact];
      return ours !== undefined && theirs !== '' && !isSameText(ours, theirs) ? [{ fact, ours, theirs }] : [];
    }),
    familiesHeld,
    familiesMissed: familiesHeld.filter((family) => !families.has(family)),
    readingsHeld: held.readings.length,
    readingsMissed: held.readings.filter(
      (reading) => !(values.get(reading.family) ?? []).some((value) => isSame(value, reading.value)),
    ),
  };
}
