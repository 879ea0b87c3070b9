// Writes templates/COVERAGE.md: every recording, recognised as what, what it holds and what we read of it.
//   npm run coverage [-- --misses]
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { inspectDevice } from '../src/templates/inspection.ts';
import { TemplateLibrary } from '../src/templates/library.ts';
import { Recording } from '../src/templates/recording.ts';
import { type Comparison, compare, familiesOf } from './coverage/comparison.ts';
import { holdings } from './coverage/holdings.ts';

interface Notes {
  /** Recording → missed fact or family → why. */
  readonly misses: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Recording → what the other system gets wrong. */
  readonly wrong: Readonly<Record<string, readonly string[]>>;
}

interface Line {
  readonly name: string;
  readonly template: string;
  readonly confidence: number;
  readonly facts: Readonly<Record<string, string>>;
  readonly families: readonly string[];
  readonly interfaces: string;
  readonly comparison: Comparison;
}

const root = path.dirname(import.meta.dirname);
const material = path.join(root, '..', 'shared', 'material');
const { values: options } = parseArgs({ options: { misses: { type: 'boolean' } } });

if (!fs.existsSync(material)) {
  console.error('There are no recordings beside this checkout (../shared/material): COVERAGE.md stays as it is.');
  process.exit(1);
}
const notes = parse(fs.readFileSync(path.join(root, 'templates', 'coverage-notes.yaml'), 'utf8')) as Notes;
const lines = await measure();
if (options.misses) printMisses(lines);
else fs.writeFileSync(path.join(root, 'templates', 'COVERAGE.md'), report(lines));
console.log(summary(lines));

async function measure(): Promise<Line[]> {
  const library = await TemplateLibrary.load();
  const found: Line[] = [];
  const folder = path.join(material, 'recordings');
  for (const file of fs.readdirSync(folder).sort()) {
    const name = path.basename(file, '.snmprec');
    const recording = new Recording(fs.readFileSync(path.join(folder, file)));
    const inspection = await inspectDevice(library, recording, { nowMs: Date.UTC(2026, 0, 1) });
    const facts = inspection.facts as Readonly<Record<string, string>>;
    const polled = inspection.interfaces.filter((one) => one.polled).length;
    found.push({
      name,
      template: inspection.template,
      confidence: inspection.recognition.confidence,
      facts,
      families: [...familiesOf(inspection.rows)].filter((family) => family !== 'sensor' && family !== 'state').sort(),
      interfaces: `${polled}/${inspection.interfaces.length}`,
      comparison: compare(holdings(material, name, recording), facts, inspection.rows),
    });
  }
  return found;
}

function count(lines: readonly Line[], pick: (comparison: Comparison) => number): number {
  return lines.reduce((sum, line) => sum + pick(line.comparison), 0);
}

function share(held: number, missed: number): string {
  return `${held - missed} of ${held} (${((1 - missed / held) * 100).toFixed(1)} %)`;
}

function summary(lines: readonly Line[]): string {
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

function report(lines: readonly Line[]): string {
  const rows = lines.map((line) => {
    const { comparison: one } = line;
    const facts = `${one.factsHeld.length - one.factsMissed.length}/${one.factsHeld.length}`;
    const families = `${one.familiesHeld.length - one.familiesMissed.length}/${one.familiesHeld.length}`;
    const readings =
      one.readingsHeld === 0 ? '–' : `${one.readingsHeld - one.readingsMissed.length}/${one.readingsHeld}`;
    const device = [line.facts.vendor, line.facts.model].filter(Boolean).join(' ');
    return `| ${line.name} | ${line.template} | ${device} | ${facts} | ${families} | ${readings} | ${line.interfaces} | ${line.families.map((family) => family.replace('sensor:', '')).join(', ')} |`;
  });
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
in the recording. *Readings* are the numbers that the other system derives (processors and sensors): found when one of
ours in the same class has the same value. Interfaces: polled by default / found.

| recording | recognised as | device | facts | families | readings | interfaces | families read |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}

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

function printMisses(lines: readonly Line[]): void {
  for (const { name, comparison: one } of lines) {
    for (const missed of [...one.factsMissed, ...one.familiesMissed]) {
      console.log(`${name}: ${missed}: ${notes.misses[name]?.[missed] ?? 'NOT EXPLAINED'}`);
    }
    for (const { family, name: label, value } of one.readingsMissed)
      console.log(`  ${name}: ${family} ${label} ${value}`);
  }
}
