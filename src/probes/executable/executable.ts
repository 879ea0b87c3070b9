/**
 * Added plugins: programs that are run once a poll, told what to do by one JSON document on standard input, and answer
 * with one on standard output. For those who write them: docs/plugins.md.
 */
import os from 'node:os';
import { z } from 'zod';
import { Slots } from '../../lib/slots.ts';
import type { PluginSection } from '../../model/collector-config.ts';
import type { PollError } from '../../model/observation.ts';
import type { OpenCredential, Probe, ProbeResult, ProbeTarget, ProbeTools } from '../probe.ts';
import { readAnswer } from './answer.ts';
import type { PluginFolders } from './plugin-folders.ts';
import { MAX_OUTPUT_BYTES, type ProgramOutcome, runProgram } from './run-program.ts';

/** What all added plugins of one collector share. */
export interface ExecutableHost {
  readonly folders: PluginFolders;
  readonly slots: Slots;
}

/** Programs mostly wait for the network; more at once than this would only fight for the machine. */
export function createExecutableHost(folders: PluginFolders): ExecutableHost {
  return { folders, slots: new Slots(Math.max(4, 2 * os.availableParallelism())) };
}

type Settings = Readonly<Record<string, unknown>>;

export function executableProbe(plugin: PluginSection, host: ExecutableHost): Probe {
  return {
    id: plugin.id,
    name: plugin.name,
    description: '',
    settings: settingsOf(plugin),
    defaultIntervalS: 60,
    credentials: plugin.credential_types,
    fields: plugin.fields,
    start: (target, settings, tools) => ({
      poll: (stop) => poll(plugin, host, target, settings as Settings, tools, stop.signal),
      close() {},
    }),
  };
}

/** The schema was tried when the plugin was added; another version of Telltale may still know less of JSON Schema. */
function settingsOf(plugin: PluginSection): z.ZodType {
  try {
    return z.fromJSONSchema(plugin.settings_schema as z.core.JSONSchema.JSONSchema);
  } catch (error) {
    const message = `the plugin's settings_schema cannot be used here: ${(error as Error).message}`;
    return z.unknown().refine(() => false, message);
  }
}

async function poll(
  plugin: PluginSection,
  { folders, slots }: ExecutableHost,
  target: ProbeTarget,
  settings: Settings,
  { clock, log }: ProbeTools,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const { credential } = target;
  // Secrets are hidden before anything is cut off, which could leave a half of one.
  const failed = (code: string, message: string, stderr = ''): ProbeResult => {
    const told = cut(withoutSecrets(message, credential)) + saying(withoutSecrets(stderr, credential));
    return { rows: [], error: { code, message: `Plugin ${plugin.id} ${told}` } };
  };
  if (!(await slots.take(signal))) return failed('cancelled', 'was cancelled before it began');
  let outcome: ProgramOutcome;
  try {
    const found = await folders.of(plugin.tenant_id).find(plugin.executable);
    if (found.kind === 'refused') return failed('plugin_missing', `cannot be run: ${found.message}`);
    outcome = await runProgram({
      file: found.path,
      args: plugin.arguments,
      input: `${JSON.stringify(inputOf(plugin, target, settings))}\n`,
      limitMs: plugin.timeout_s * 1000,
      signal,
      clock,
      log,
    });
  } finally {
    slots.release();
  }
  if (outcome.kind !== 'exited' || outcome.code !== 0) {
    const { code, message } = problemOf(outcome, plugin);
    return failed(code, message, 'stderr' in outcome ? outcome.stderr : '');
  }
  const answer = readAnswer(outcome.stdout);
  if (answer.kind === 'wrong') return failed('plugin_answer', answer.message, outcome.stderr);
  const { rows, facts, error } = answer;
  return {
    rows,
    ...(facts ? { addedFacts: facts } : {}),
    ...(error ? { error: { code: error.code, message: withoutSecrets(error.message, credential) } } : {}),
  };
}

function inputOf(plugin: PluginSection, { deviceId, address, credential }: ProbeTarget, settings: Settings) {
  return {
    device: { id: deviceId, address },
    credential: credential ? { ...credential.values, type: credential.type } : null,
    settings,
    timeout_s: plugin.timeout_s,
  };
}

/** What the program did, as the rest of a sentence that begins with its name. */
function problemOf(outcome: ProgramOutcome, { executable, timeout_s }: PluginSection): PollError {
  switch (outcome.kind) {
    case 'not_started':
      return { code: 'plugin_missing', message: `could not be started (${executable}): ${outcome.message}` };
    case 'timeout':
      return { code: 'plugin_timeout', message: `did not end within ${timeout_s} s and was killed` };
    case 'too_much_output': {
      const limit = `${MAX_OUTPUT_BYTES >> 20} MiB`;
      return { code: 'plugin_output', message: `wrote more than ${limit} to its ${outcome.stream} and was killed` };
    }
    case 'cancelled':
      return { code: 'cancelled', message: 'was cancelled' };
    case 'killed':
      return { code: 'plugin_failed', message: `was killed by ${outcome.signal}` };
    case 'exited':
      return { code: 'plugin_failed', message: `exited ${outcome.code}` };
  }
}

/** The end of standard error, on one line. */
function saying(stderr: string): string {
  const text = stderr.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return text === '' ? '' : `: ${text.length > MAX_SAID ? `…${text.slice(-MAX_SAID)}` : text}`;
}

function cut(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
}

const MAX_SAID = 500;
const MAX_MESSAGE = 300;
const HIDDEN = '***';
/** Shorter texts are found in every sentence. */
const SHORTEST_HIDDEN = 3;

/** Programs like to print what they were called with; errors of polls are shown to everybody who may read. */
function withoutSecrets(message: string, credential: OpenCredential | undefined): string {
  const texts = Object.values(credential?.values ?? {}).filter(
    (value): value is string => typeof value === 'string' && value.length >= SHORTEST_HIDDEN,
  );
  return texts
    .toSorted((a, b) => b.length - a.length)
    .reduce((hidden, text) => hidden.replaceAll(text, HIDDEN), message);
}
