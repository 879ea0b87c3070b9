/** Verb `inspect`: what a device (or its recording) is and everything that one poll of it would store, as JSON. */
import fs from 'node:fs';
import { systemClock } from '../lib/clock.ts';
import type { ObservedInterface } from '../model/observation.ts';
import { isOfTable } from '../probes/snmp-fetcher.ts';
import { inspectDevice } from '../templates/inspection.ts';
import { TemplateLibrary } from '../templates/library.ts';
import type { Fetcher, PolledRow } from '../templates/poll-plan.ts';
import { type Arguments, parseArguments, UsageError } from './arguments.ts';
import { readRecording } from './recording-file.ts';
import { CREDENTIAL_FLAGS, openTarget, parseAddress, parseCredential } from './snmp-target.ts';
import { readTemplateFile } from './template-file.ts';

/** What was asked of the device. */
interface PollCounts {
  requests: number;
  timeouts: number;
  varbinds: number;
}

export interface InspectReport {
  readonly template: string;
  readonly confidence: number;
  readonly reasons: readonly string[];
  readonly facts: Readonly<Record<string, string>>;
  readonly interfaces: readonly ObservedInterface[];
  readonly metrics: readonly PolledRow[];
  readonly poll: { readonly requests: number; readonly varbinds: number; readonly duration_ms: number };
}

/** What is asked, and what that cost. */
interface Opened extends Disposable {
  readonly fetcher: Fetcher;
  counts(): PollCounts;
  /** The failure of a request, with what can be found out about it. */
  explain(error: unknown): Promise<unknown>;
}

/** @throws UsageError; Error with one clear line */
export async function inspect(argv: readonly string[]): Promise<number> {
  const { flags, operands } = parseArguments(argv, { ...CREDENTIAL_FLAGS, template: { kind: 'value' } });
  const [target] = operands;
  if (target === undefined || operands.length > 1) throw new UsageError('inspect needs one address or one recording');
  const file = flags.template?.at(-1);
  const template = file === undefined ? undefined : readTemplateFile(file);
  // Before the shipped templates are read, which takes a while: a mistyped address is answered at once.
  using opened = namesFile(target) ? openRecording(target, flags) : await openAddress(target, flags);
  const shipped = await TemplateLibrary.load();
  const library = template === undefined ? shipped : shipped.with(template);
  try {
    const found = await report(library, opened, template?.id);
    process.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`);
  } catch (error) {
    throw await opened.explain(error);
  }
  return 0;
}

/** Whether a recording is meant: something that is there, or what no address looks like. */
function namesFile(target: string): boolean {
  if (fs.lstatSync(target, { throwIfNoEntry: false })) return true;
  const isNetwork = /^[\da-f.:]+\/\d+$/i.test(target);
  const isUrl = /^[a-z]+:\/\//i.test(target);
  return !isNetwork && !isUrl && (/[/\\]/.test(target) || target.endsWith('.snmprec'));
}

function openRecording(file: string, flags: Arguments['flags']): Opened {
  const useless = Object.keys(CREDENTIAL_FLAGS).find((name) => flags[name]);
  if (useless) throw new UsageError(`--${useless} is for an address, and ${file} is a file`);
  const recording = readRecording(file);
  return {
    fetcher: recording,
    counts: () => ({ requests: recording.requests, timeouts: 0, varbinds: recording.varbinds }),
    explain: (error) => Promise.resolve(error),
    [Symbol.dispose]() {},
  };
}

async function openAddress(target: string, flags: Arguments['flags']): Promise<Opened> {
  const { host, port } = parseAddress(target);
  const opened = await openTarget(host, parseCredential(flags, port));
  return {
    fetcher: opened.fetcher,
    counts: () => ({ ...opened.session.counters }),
    explain: (error) => opened.explain(error),
    [Symbol.dispose]: () => opened[Symbol.dispose](),
  };
}

async function report(
  library: TemplateLibrary,
  { fetcher, counts }: Opened,
  template: string | undefined,
): Promise<InspectReport> {
  const startMs = systemClock.monotonicMs();
  const inspection = await inspectDevice(library, fetcher, {
    nowMs: systemClock.nowMs(),
    isOfTable,
    ...(template === undefined ? {} : { template }),
  });
  const durationMs = Math.round((systemClock.monotonicMs() - startMs) * 1000) / 1000;
  const { requests, timeouts, varbinds } = counts();
  const { recognition, uptimeSeconds } = inspection;
  const uptime = uptimeSeconds === undefined ? {} : { sys_uptime_seconds: uptimeSeconds };
  const own: PolledRow = {
    measurement: 'snmp',
    tags: {},
    fields: { up: 1, poll_duration_ms: durationMs, requests, timeouts, varbinds, ...uptime },
  };
  return {
    template: inspection.template,
    confidence: template === undefined ? recognition.confidence : 1,
    reasons: template === undefined ? recognition.reasons : ['chosen on the command line'],
    facts: {
      ...inspection.facts,
      ...(recognition.sysObjectId ? { sys_object_id: recognition.sysObjectId } : {}),
      ...(recognition.sysDescr ? { sys_descr: recognition.sysDescr } : {}),
    },
    interfaces: inspection.interfaces,
    metrics: [own, ...inspection.rows],
    poll: { requests, varbinds, duration_ms: durationMs },
  };
}
