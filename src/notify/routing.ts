/** Who is told of an alert's transition, and when. Pure. */
import { SEVERITIES, type Severity } from '../model/health.ts';

export interface RoutedChannel {
  readonly id: number;
  readonly enabled: boolean;
  readonly sendResolved: boolean;
  readonly minSeverity: Severity;
}

export interface RoutedAlert {
  readonly kind: 'firing' | 'resolved';
  readonly severity: Severity;
  /** Channels that the rule names; null: all. */
  readonly channelIds: readonly number[] | null;
  /** Channels that were told that this alert fires. */
  readonly toldChannelIds: readonly number[];
  /** When each channel was last told that this fingerprint fires, milliseconds since 1970 UTC. */
  readonly lastToldMs: ReadonlyMap<number, number>;
}

export interface Telling {
  readonly channelId: number;
  /** Not before then. */
  readonly atMs: number;
}

/**
 * `firing` goes to every enabled channel of the rule that wants the severity, once an alert, and once a fingerprint and
 * de-duplication window: an alert that comes back within the window is told when the window ends, if it still fires
 * then. `resolved` goes only to those that were told of the firing.
 */
export function channelsToTell(
  alert: RoutedAlert,
  channels: readonly RoutedChannel[],
  nowMs: number,
  windowMs: number,
): readonly Telling[] {
  const wasTold = (id: number) => alert.toldChannelIds.includes(id);
  if (alert.kind === 'resolved') {
    return channels
      .filter(({ id, enabled, sendResolved }) => enabled && sendResolved && wasTold(id))
      .map(({ id }) => ({ channelId: id, atMs: nowMs }));
  }
  const rank = SEVERITIES.indexOf(alert.severity);
  return channels
    .filter(({ id, enabled }) => enabled && (alert.channelIds?.includes(id) ?? true))
    .filter(({ id, minSeverity }) => rank >= SEVERITIES.indexOf(minSeverity) && !wasTold(id))
    .map(({ id }) => {
      const lastMs = alert.lastToldMs.get(id) ?? Number.NEGATIVE_INFINITY;
      // Also when the clock was turned back since: a time that lies ahead says nothing.
      const isSameIncident = Math.abs(nowMs - lastMs) < windowMs;
      return { channelId: id, atMs: isSameIncident ? lastMs + windowMs : nowMs };
    });
}
