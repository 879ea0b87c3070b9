/** Verb `inspect`: what a device (or its recording) is and everything that one poll of it would store, as JSON. */
import fs from 'node:fs';
import { systemClock } from '../lib/clock.ts';
import type { ObservedInterface } from '../model/observation.ts';
import { inspectDevice } from '../templates/inspection.ts';
import { TemplateLibrary } from '../templates/library.ts';
import type { Fetcher, PolledRow } from '../templates/poll-plan.ts';
import { parseArguments, UsageError } from './arguments.ts';
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

/** @throws UsageError; Error with one clear line */
export async function inspect(argv: readonly string[]): Promise<number> {
  const { flags, operands } = parseArguments(argv, { ...CREDENTIAL_FLAGS, template: { kind: 'value' } });
  const [target] = operands;
  if (target === undefined || operands.length > 1) throw new UsageError('inspect needs one address or one recording');
  let library = await TemplateLibrary.load();
  let template: string | undefined;
  const file = flags.template?.at(-1);
  if (file !== undefined) {
    const source = readTemplateFile(file);
    library = library.with(source);
    template = source.id;
  }
  const isFile = namesFile(target);
  const useless = isFile && Object.keys(CREDENTIAL_FLAGS).find((name) => flags[name]);
  if (useless) throw new UsageError(`--${useless} is for an address, and ${target} is a file`);
  const report = isFile
    ? await inspectRecording(library, target, template)
    : await inspectAddress(library, target, flags, template);
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  return 0;
}

/** Whether a recording is meant: something that is there, or what no address looks like. */
function namesFile(target: string): boolean {
  if (fs.lstatSync(target, { throwIfNoEntry: false })) return true;
  const isNetwork = /^[\da-f.:]+\/\d+$/i.test(target);
  const isUrl = /^[a-z]+:\/\//i.test(target);
  return !isNetwork && !isUrl && (/[/\\]/.test(target) || target.endsWith('.snmprec'));
}

async function inspectRecording(library: TemplateLibrary, file: string, template?: string): Promise<InspectReport> {
  const recording = readRecording(file);
  const counts = () => ({ requests: recording.requests, timeouts: 0, varbinds: recording.varbinds });
  return report(library, recording, counts, template);
}

async function inspectAddress(
  library: TemplateLibrary,
  target: string,
  flags: Readonly<Record<string, readonly string[]>>,
  template?: string,
): Promise<InspectReport> {
  const { host, port } = parseAddress(target);
  const credential = parseCredential(flags, port);
  using opened = await openTarget(host, credential);
  try {
    return await report(library, opened.fetcher, () => ({ ...opened.session.counters }), template);
  } catch (error) {
    throw await opened.explain(error);
  }
}

async function report(
  library: TemplateLibrary,
  fetcher: Fetcher,
  counts: () => PollCounts,
  template: string | undefined,
): Promise<InspectReport> {
  const startMs = systemClock.monotonicMs();
  const inspection = await inspectDevice(library, fetcher, {
    nowMs: systemClock.nowMs(),
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
