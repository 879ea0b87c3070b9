/** Shares over many recordings. */
import type { Comparison } from './comparison.ts';
import type { Measurement } from './measure.ts';

function count(lines: readonly Measurement[], pick: (comparison: Comparison) => number): number {
  return lines.reduce((sum, line) => sum + pick(line.comparison), 0);
}

function share(held: number, missed: number): string {
  if (held === 0) return 'none held';
  return `${held - missed} of ${held} (${((1 - missed / held) * 100).toFixed(1)} %)`;
}

export function summary(lines: readonly Measurement[]): string {
  const facts = share(
    count(lines, (one) => one.factsHeld.length),
    count(lines, (one) => one.factsMissed.length),
  );
  const families = share(
    count(lines, (one) => one.familiesHeld.length),
    count(lines, (one) => one.familiesMissed.length),
  );
  const readings = share(
    count(lines, (one) => one.readingsHeld),
    count(lines, (one) => one.readingsMissed.length),
  );
  const own = lines.filter((line) => line.template !== 'generic/snmp').length;
  return `${own} of ${lines.length} recordings recognised; facts ${facts}; families ${families}; readings ${readings}`;
}
