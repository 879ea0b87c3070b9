/** What `npm run coverage` prints: misses, anomalies, a line a device. */
import type { Failure, Measurement } from './measure.ts';
import type { Notes } from './report.ts';

/** Longer inspections and more requests than this are named. */
const SLOW_MS = 3000;
const MANY_REQUESTS = 2000;

export function missLines(lines: readonly Measurement[], notes: Notes): string[] {
  return lines.flatMap(({ name, template, comparison: one }) => [
    ...[...one.factsMissed, ...one.familiesMissed].map(
      (missed) => `${name} (${template}): ${missed}: ${notes.misses[name]?.[missed] ?? 'NOT EXPLAINED'}`,
    ),
    ...one.factsDiffering.map(
      ({ fact, ours, theirs }) => `  ${name} (${template}): ${fact}: ours "${ours}", theirs "${theirs}"`,
    ),
    ...one.readingsMissed.map(
      ({ family, name: label, value }) => `  ${name} (${template}): ${family} ${label} ${value}`,
    ),
  ]);
}

export function deviceLine({ name, template, facts, comparison: one, requests, durationMs }: Measurement): string {
  const missed = [...one.factsMissed, ...one.familiesMissed];
  return [
    name,
    template,
    ['vendor', 'model', 'os', 'version', 'serial'].map((fact) => facts[fact] ?? '-').join(' | '),
    `missing: ${missed.join(' ') || 'nothing'}`,
    `readings missing: ${one.readingsMissed.length}/${one.readingsHeld}`,
    `${requests} requests, ${Math.round(durationMs)} ms`,
  ].join('\t');
}

export function anomalyLines(lines: readonly Measurement[]): string[] {
  return lines.flatMap(({ name, template, anomalies, requests, durationMs }) => [
    ...anomalies.map((text) => `${name} (${template}): ${text}`),
    ...(durationMs > SLOW_MS ? [`${name} (${template}): took ${Math.round(durationMs)} ms`] : []),
    ...(requests > MANY_REQUESTS ? [`${name} (${template}): ${requests} requests`] : []),
  ]);
}

export function failureLines(failed: readonly Failure[]): string[] {
  return failed.map(({ name, error }) => `${name}: FAILED: ${error}`);
}
