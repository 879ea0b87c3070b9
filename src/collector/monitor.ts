/** One monitor: its probe's run, made from the configuration, and what becomes of each poll. */
import type { MonitorSection } from '../model/collector-config.ts';
import type { Observation, PollError, PollObservation } from '../model/observation.ts';
import type { Probe, ProbeResult, ProbeRun, ProbeTarget, ProbeTools } from '../probes/probe.ts';
import type { RowKeys } from './line-writer.ts';

export interface Monitor {
  readonly section: MonitorSection;
  readonly deviceId: string;
  readonly run: ProbeRun;
  readonly keys: RowKeys;
}

/** What a person who asks for a poll gets to see. */
export interface PollReport {
  readonly monitor_id: string;
  readonly at_ms: number;
  readonly duration_ms: number;
  readonly error?: PollError;
  readonly rows: ProbeResult['rows'];
}

/** A monitor that cannot be polled as it is configured says why in each poll. */
export function brokenRun(code: string, message: string): ProbeRun {
  return { poll: () => Promise.resolve({ rows: [], error: { code, message } }), close() {} };
}

/** The run of a monitor; a broken one when its plugin or settings are unknown here. */
export function startRun(
  section: MonitorSection,
  probe: Probe | undefined,
  target: ProbeTarget,
  tools: ProbeTools,
): ProbeRun {
  if (!probe) {
    return brokenRun(
      'unknown_plugin',
      `This collector has no plugin "${section.plugin_id}": update it, or choose another plugin.`,
    );
  }
  const settings = probe.settings.safeParse(section.settings);
  if (!settings.success) {
    const problems = settings.error.issues.map((issue) => `${issue.path.join('.') || 'settings'}: ${issue.message}`);
    return brokenRun('bad_settings', `The monitor's settings cannot be used: ${problems.join('; ')}.`);
  }
  return probe.start(target, settings.data, tools);
}

/** What one poll has to tell, in the order in which it is applied. */
export function observationsOf(monitor: Monitor, result: ProbeResult, atMs: number, durationMs: number): Observation[] {
  const { error } = result;
  const poll: PollObservation = {
    kind: 'poll',
    device_id: monitor.deviceId,
    monitor_id: monitor.section.monitor_id,
    at_ms: atMs,
    duration_ms: durationMs,
    ...(error && { error: { code: error.code, message: error.message } }),
  };
  const hasNews = result.facts || result.addedFacts || result.interfaces || result.events || result.ended;
  if (!hasNews) return [poll];
  const of = { device_id: poll.device_id, monitor_id: poll.monitor_id, at_ms: atMs };
  const told: Observation[] = [];
  if (result.facts) told.push({ kind: 'facts', ...of, ...result.facts });
  if (result.addedFacts) told.push({ kind: 'added_facts', ...of, facts: result.addedFacts });
  if (result.interfaces) told.push({ kind: 'interfaces', ...of, interfaces: result.interfaces });
  for (const event of result.events ?? []) told.push({ kind: 'event', ...of, ...event });
  if (result.ended && result.ended.length > 0) told.push({ kind: 'series_end', ...of, rows: result.ended });
  told.push(poll);
  return told;
}
