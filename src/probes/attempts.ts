/** Probes of services try again before they report a failure: a lost packet is no outage. */
import type { Cancellation } from '../lib/cancellation.ts';
import type { PollError } from '../model/observation.ts';
import type { PolledRow } from '../templates/poll-plan.ts';
import type { ProbeResult, ProbeTarget, ProbeTools } from './probe.ts';

const RETRIES = 2;
const FIRST_PAUSE_MS = 500;

/** What one try gave. `fields` are stored, whether it succeeded or not. */
export interface Attempt {
  readonly fields: Readonly<Record<string, number>>;
  readonly error?: PollError;
  /** Trying again cannot change this answer. */
  readonly isFinal?: boolean;
}

/** Runs `attempt` up to three times with growing pauses; one row with `up`, `duration_ms` and what the last try gave. */
export async function withRetries(
  measurement: string,
  label: string,
  target: ProbeTarget,
  tools: ProbeTools,
  stop: Cancellation,
  attempt: () => Promise<Attempt>,
): Promise<ProbeResult> {
  for (let n = 0; ; n++) {
    const waitMs = target.budget.take();
    if (waitMs > 0) await tools.clock.sleep(waitMs);
    const startMs = tools.clock.monotonicMs();
    const { fields, error, isFinal } = await attempt();
    const duration_ms = roundMs(tools.clock.monotonicMs() - startMs);
    if (!error || isFinal || n >= RETRIES || stop.aborted) {
      const row: PolledRow = {
        measurement,
        tags: { target: label },
        fields: { up: error ? 0 : 1, duration_ms, ...fields },
      };
      return error ? { rows: [row], error: { code: error.code, message: error.message } } : { rows: [row] };
    }
    await tools.clock.sleep(FIRST_PAUSE_MS * 2 ** n);
  }
}

/** Nobody measures finer than microseconds. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** An error of a connection, in words. `where` is what was connected to. */
export function connectionError(error: NodeJS.ErrnoException, where: string): PollError {
  switch (error.code) {
    case 'ECONNREFUSED':
      return {
        code: 'refused',
        message: `${where} refuses the connection: nothing listens there, or it is not allowed.`,
      };
    case 'ETIMEDOUT':
      return { code: 'timeout', message: `${where} does not answer: check address, port and the firewalls between.` };
    case 'ECONNRESET':
    case 'EPIPE':
      return { code: 'reset', message: `${where} broke the connection off.` };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return { code: 'unreachable', message: `There is no route to ${where} from here (${error.code}).` };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { code: 'name_unknown', message: `The name of ${where} has no address (${error.code}).` };
    default:
      return { code: 'failed', message: `${where}: ${error.message}.` };
  }
}

/** `host:port`, with brackets around IPv6. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
