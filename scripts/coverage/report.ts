/** The text of templates/COVERAGE.md. */
import { familiesOf } from './comparison.ts';
import type { Measurement } from './measure.ts';
import { summary } from './summary.ts';

export interface Notes {
  /** Recording → missed fact or family → why. */
  readonly misses: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Recording → what the other system gets wrong. */
  readonly wrong: Readonly<Record<string, readonly string[]>>;
}

function row(line: Measurement): string {
  const { comparison: one } = line;
  const facts = `${one.factsHeld.length - one.factsMissed.length}/${one.factsHeld.length}`;
  const families = `${one.familiesHeld.length - one.familiesMissed.length}/${one.familiesHeld.length}`;
  const readings = one.readingsHeld === 0 ? '–' : `${one.readingsHeld - one.readingsMissed.length}/${one.readingsHeld}`;
  const device = [line.facts.vendor, line.facts.model].filter(Boolean).join(' ');
  const polled = line.interfaces.filter((other) => other.polled).length;
  const read = [...familiesOf(line.rows)].filter((family) => family !== 'sensor' && family !== 'state').sort();
  return `| ${line.name} | ${line.template} | ${device} | ${facts} | ${families} | ${readings} | ${polled}/${line.interfaces.length} | ${read.map((family) => family.replace('sensor:', '')).join(', ')} |`;
}

export function report(lines: readonly Measurement[], notes: Notes): string {
  const misses = lines.flatMap((line) =>
    [...line.comparison.factsMissed, ...line.comparison.familiesMissed].map(
      (missed) => `| ${line.name} | ${missed} | ${notes.misses[line.name]?.[missed] ?? '**not explained**'} |`,
    ),
  );
  const wrong = Object.entries(notes.wrong).flatMap(([name, sentences]) =>
    sentences.map((text) => `| ${name} | ${text} |`),
  );
  return `<!-- Made by \`npm run coverage\`; do not edit. Explanations stand in coverage-notes.yaml. -->
# Coverage of the recordings

${summary(lines)}.

A recording *holds* a fact or a family when another monitoring system derives it, or when a standard MIB that gives it is
in the recording. *Readings* are the numbers that the other system derives (processors, sizes of memory and storage,
sensors): found when one of ours in the same class has the same value. Interfaces: polled by default / found.

| recording | recognised as | device | facts | families | readings | interfaces | families read |
|---|---|---|---|---|---|---|---|
${lines.map(row).join('\n')}

## What is missed, and why

| recording | missed | why |
|---|---|---|
${misses.join('\n')}

## Where the other system is wrong

| recording | what |
|---|---|
${wrong.join('\n')}
`;
}
