/** Verb `template check FILE [--walk RECORDING]`. */
import fs from 'node:fs';
import { systemClock } from '../lib/clock.ts';
import { TemplateError } from '../templates/inherit.ts';
import { inspectDevice } from '../templates/inspection.ts';
import { TemplateLibrary } from '../templates/library.ts';
import { parseTemplate } from '../templates/parse.ts';
import { buildPlan, PlanError } from '../templates/plan.ts';
import { parseArguments, UsageError } from './arguments.ts';
import { readRecording } from './recording-file.ts';
import { readTemplateFile } from './template-file.ts';

/** Prints what the template reads, and with a recording what it makes of it. @throws UsageError; Error with one line a problem */
export async function template(argv: readonly string[]): Promise<number> {
  const { flags, operands } = parseArguments(argv, { walk: { kind: 'value' } });
  const [action, file] = operands;
  if (action !== 'check' || file === undefined || operands.length > 2) {
    throw new UsageError('write: telltale template check FILE [--walk RECORDING]');
  }
  const source = readTemplateFile(file);
  const walk = flags.walk?.at(-1);
  const recording = walk === undefined ? undefined : readRecording(walk);
  const library = (await TemplateLibrary.load()).with(source);
  const plan = checkPlan(library, source.id, file);
  process.stdout.write(
    `${source.id}: fine. ${plan.metrics.length} metrics, ${plan.facts.length} facts, ${plan.groups.length} reads.\n`,
  );
  if (!recording) return 0;
  const found = await inspectDevice(library, recording, { template: source.id, nowMs: systemClock.nowMs() });
  const { template: recognised, confidence } = found.recognition;
  process.stdout.write(`Recognised as ${recognised} (${confidence}).\n`);
  for (const [name, text] of Object.entries(found.facts)) process.stdout.write(`fact ${name}: ${text}\n`);
  for (const { measurement, tags, fields } of found.rows) {
    process.stdout.write(`${measurement} ${JSON.stringify(tags)} ${JSON.stringify(fields)}\n`);
  }
  return 0;
}

/** @throws Error that names the line */
function checkPlan(library: TemplateLibrary, id: string, file: string): ReturnType<typeof buildPlan> {
  try {
    return buildPlan(library.resolve(id));
  } catch (cause) {
    if (cause instanceof TemplateError) throw new Error(`${file}:1:1: inherits: ${cause.message}`, { cause });
    if (!(cause instanceof PlanError)) throw cause;
    const parsed = parseTemplate(fs.readFileSync(file, 'utf8'));
    const { line, column } = parsed.kind === 'ok' ? parsed.locate(cause.path) : { line: 1, column: 1 };
    throw new Error(`${file}:${line}:${column}: ${cause.path.join('.')}: ${cause.message}`, { cause });
  }
}
