/** Probe `icmp`: some echoes, and what they say of reachability and the way there. */
import { z } from 'zod';
import type { EchoResult } from '../icmp/echo.ts';
import type { Cancellation } from '../lib/cancellation.ts';
import type { PollError } from '../model/observation.ts';
import { declare } from './fields.ts';
import { defineProbe, NO_TAGS, type ProbeResult, type ProbeTarget, type ProbeTools } from './probe.ts';

const settings = z.strictObject({
  count: z.int().min(1).max(20).default(3).describe('Echoes in one poll'),
  interval_ms: z.int().min(10).max(10_000).default(200).describe('Milliseconds between two echoes'),
  timeout_ms: z.int().min(50).max(10_000).default(1000).describe('Milliseconds to wait for each answer'),
});
type Settings = z.output<typeof settings>;

export const icmpProbe = defineProbe({
  id: 'icmp',
  name: 'Ping',
  description: 'Reachability, round-trip time and loss by ICMP echo (TCP where ICMP is not allowed).',
  settings,
  defaultIntervalS: 10,
  credentials: [],
  fields: declare('icmp', {
    up: ['state', '', 'At least one echo was answered'],
    rtt_min_ms: ['gauge', 'milliseconds', 'Shortest round-trip time of the poll'],
    rtt_avg_ms: ['gauge', 'milliseconds', 'Mean round-trip time of the poll'],
    rtt_max_ms: ['gauge', 'milliseconds', 'Longest round-trip time of the poll'],
    jitter_ms: ['gauge', 'milliseconds', 'Mean difference between one round-trip time and the next'],
    loss_percent: ['gauge', 'percent', 'Echoes without an answer'],
  }),
  start: (target, chosen, tools) => ({
    poll: (stop) => poll(target, chosen, tools, stop),
    close() {},
  }),
});

async function poll(
  target: ProbeTarget,
  chosen: Settings,
  tools: ProbeTools,
  stop: Cancellation,
): Promise<ProbeResult> {
  const resolving = tools.resolve(target.address);
  const resolved = resolving instanceof Promise ? await resolving : resolving;
  if (resolved.kind === 'failure') return summary([], chosen, resolved);
  const pending: Promise<EchoResult>[] = [];
  for (let i = 0; i < chosen.count && !stop.aborted; i++) {
    // The first answer is not waited for: a lost echo must not stretch the poll by its time-out.
    if (i > 0) await tools.clock.sleep(chosen.interval_ms);
    const waitMs = target.budget.take();
    if (waitMs > 0) await tools.clock.sleep(waitMs);
    pending.push(tools.pinger.ping(resolved.address, chosen.timeout_ms));
  }
  const results: EchoResult[] = [];
  for (const echo of pending) results.push(await echo);
  return summary(results, chosen, failureOf(results, resolved.address));
}

function failureOf(results: readonly EchoResult[], address: string): PollError | undefined {
  if (results.some((result) => result.kind === 'reply')) return undefined;
  const refused = results.find((result) => result.kind === 'unreachable');
  if (refused) return { code: 'unreachable', message: `${address} cannot be reached: ${refused.reason}.` };
  return { code: 'timeout', message: `No answer to ping from ${address}.` };
}

/** The row of one poll. */
export function summary(results: readonly EchoResult[], chosen: Settings, error: PollError | undefined): ProbeResult {
  const asked = Math.max(results.length, error ? chosen.count : 1);
  let answered = 0;
  let shortest = Number.POSITIVE_INFINITY;
  let longest = 0;
  let sum = 0;
  let last = 0;
  let steps = 0;
  for (const result of results) {
    if (result.kind !== 'reply') continue;
    const { rttMs } = result;
    if (answered > 0) steps += Math.abs(rttMs - last);
    answered++;
    last = rttMs;
    sum += rttMs;
    shortest = Math.min(shortest, rttMs);
    longest = Math.max(longest, rttMs);
  }
  const fields: Record<string, number> = {
    up: answered > 0 ? 1 : 0,
    loss_percent: (100 * (asked - answered)) / asked,
  };
  if (answered > 0) {
    fields.rtt_min_ms = micro(shortest);
    fields.rtt_avg_ms = micro(sum / answered);
    fields.rtt_max_ms = micro(longest);
  }
  if (answered > 1) fields.jitter_ms = micro(steps / (answered - 1));
  const rows = [{ measurement: 'icmp', tags: NO_TAGS, fields }];
  return error ? { rows, error: { code: error.code, message: error.message } } : { rows };
}

/** Nobody measures finer than microseconds, and shorter numbers compress better. */
function micro(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
