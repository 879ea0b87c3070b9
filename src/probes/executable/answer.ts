/** What a plugin wrote to its standard output, held against the contract: rows, facts, an error of its own. */
import type { DeviceFacts, PollError } from '../../model/observation.ts';
import type { PolledRow } from '../../templates/poll-plan.ts';
import { parseJson } from './json-error.ts';

export interface PluginAnswer {
  readonly kind: 'answer';
  readonly rows: readonly PolledRow[];
  readonly facts?: DeviceFacts;
  readonly error?: PollError;
}

export interface WrongAnswer {
  readonly kind: 'wrong';
  /** What the plugin did wrong, e.g. `metrics[0]: field cpu is not a number, it is "12"`; long when what it wrote is. */
  readonly message: string;
}

/** Names of measurements, tags and fields: what PromQL can say without quotes, and no colon, which is for rules. */
export const METRIC_NAME = /^(?!__)[A-Za-z_][A-Za-z0-9_]{0,99}$/;
/** Added to each row by whoever stores it. */
const RESERVED_TAGS: ReadonlySet<string> = new Set(['device_id', 'monitor_id']);
const FACTS = ['vendor', 'model', 'serial', 'os', 'version', 'name', 'location', 'contact', 'mac'] as const;
const MAX_ROWS = 10_000;
const MAX_TAGS = 30;
const MAX_FIELDS = 200;
const MAX_TEXT = 1000;
const ERROR_CODE = /^[a-z][a-z0-9_]{0,49}$/;
const NAME_RULE = 'names are letters, digits and _, at most 100, and begin with neither a digit nor __';

type Json = Readonly<Record<string, unknown>>;

class AnswerError extends Error {
  override readonly name = 'AnswerError';
}

export function readAnswer(stdout: Uint8Array): PluginAnswer | WrongAnswer {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(stdout);
  } catch {
    return { kind: 'wrong', message: 'answered what is not UTF-8' };
  }
  if (text.trim() === '') return { kind: 'wrong', message: 'wrote nothing to its standard output' };
  const parsed = parseJson(text);
  if (parsed.kind === 'error') {
    const found = parsed.found === '' ? 'the end' : JSON.stringify(parsed.found);
    return { kind: 'wrong', message: `answered what is not JSON at offset ${parsed.offset}: unexpected ${found}` };
  }
  try {
    return answerOf(parsed.value);
  } catch (error) {
    if (error instanceof AnswerError) return { kind: 'wrong', message: `answered wrongly: ${error.message}` };
    throw error;
  }
}

function answerOf(value: unknown): PluginAnswer {
  const answer = objectAt('the answer', value, ['metrics', 'facts', 'error']);
  const { metrics, facts, error } = answer;
  if (metrics === undefined && error === undefined) throw new AnswerError('the answer has neither metrics nor error');
  if (metrics !== undefined && !Array.isArray(metrics)) throw new AnswerError('metrics is not a list');
  if (Array.isArray(metrics) && metrics.length > MAX_ROWS) {
    throw new AnswerError(`metrics has ${metrics.length} entries: at most ${MAX_ROWS} are taken`);
  }
  return {
    kind: 'answer',
    rows: (metrics ?? []).map((metric: unknown, index: number) => rowOf(`metrics[${index}]`, metric)),
    ...(facts === undefined ? {} : { facts: factsOf(facts) }),
    ...(error === undefined ? {} : { error: errorOf(error) }),
  };
}

function rowOf(place: string, value: unknown): PolledRow {
  const { measurement, tags, fields } = objectAt(place, value, ['measurement', 'tags', 'fields']);
  if (typeof measurement !== 'string' || !METRIC_NAME.test(measurement)) {
    throw new AnswerError(`${place}: measurement ${shown(measurement)} cannot be a name: ${NAME_RULE}`);
  }
  return {
    measurement,
    tags: tags === undefined ? {} : tagsOf(place, tags),
    fields: fieldsOf(place, fields),
  };
}

function tagsOf(place: string, value: unknown): Record<string, string> {
  const entries = Object.entries(objectAt(`${place}: tags`, value));
  if (entries.length > MAX_TAGS) throw new AnswerError(`${place}: has more than ${MAX_TAGS} tags`);
  for (const [tag, text] of entries) {
    checkName(`${place}: tag`, tag);
    if (RESERVED_TAGS.has(tag)) throw new AnswerError(`${place}: tag ${tag} is reserved: it is added by Telltale`);
    textAt(`${place}: tag ${tag}`, text);
  }
  return Object.fromEntries(entries) as Record<string, string>;
}

function fieldsOf(place: string, value: unknown): Record<string, number> {
  const entries = Object.entries(objectAt(`${place}: fields`, value));
  if (entries.length === 0) throw new AnswerError(`${place}: has no fields`);
  if (entries.length > MAX_FIELDS) throw new AnswerError(`${place}: has more than ${MAX_FIELDS} fields`);
  for (const [field, number] of entries) {
    checkName(`${place}: field`, field);
    if (typeof number !== 'number') {
      throw new AnswerError(`${place}: field ${field} is not a number, it is ${shown(number)}`);
    }
    if (!Number.isFinite(number)) throw new AnswerError(`${place}: field ${field} is too large a number`);
  }
  return Object.fromEntries(entries) as Record<string, number>;
}

function factsOf(value: unknown): DeviceFacts {
  const facts = objectAt('facts', value, FACTS);
  for (const [fact, text] of Object.entries(facts)) textAt(`facts: ${fact}`, text);
  return facts as DeviceFacts;
}

function errorOf(value: unknown): PollError {
  const { code, message } = objectAt('error', value, ['code', 'message']);
  if (typeof code !== 'string' || !ERROR_CODE.test(code)) {
    throw new AnswerError(`error: code ${shown(code)} is not a word of small letters, digits and _`);
  }
  if (typeof message !== 'string' || message === '') throw new AnswerError('error: has no message');
  return { code, message: message.slice(0, MAX_TEXT) };
}

function objectAt(place: string, value: unknown, keys?: readonly string[]): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AnswerError(`${place} is not an object, it is ${shown(value)}`);
  }
  const strange = keys && Object.keys(value).find((key) => !keys.includes(key));
  if (strange !== undefined) {
    throw new AnswerError(`${place} has the unknown key ${shown(strange)}: known are ${keys?.join(', ')}`);
  }
  return value as Json;
}

function checkName(place: string, name: string): void {
  if (!METRIC_NAME.test(name)) throw new AnswerError(`${place} ${shown(name)} cannot be a name: ${NAME_RULE}`);
}

function textAt(place: string, value: unknown): void {
  if (typeof value !== 'string') throw new AnswerError(`${place} is not text, it is ${shown(value)}`);
  if (value.length > MAX_TEXT) throw new AnswerError(`${place} is longer than ${MAX_TEXT} characters`);
  if (/\p{Cc}/u.test(value)) throw new AnswerError(`${place} holds a line break or another control character`);
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? 'missing';
}
