/** Who is told of an alert's transition. Pure. */
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
  /** When this fingerprint was last announced as firing before now, if ever. */
  readonly lastToldMs: number | undefined;
}

/**
 * `firing` goes to every enabled channel of the rule that wants the severity, once per fingerprint and de-duplication
 * window; `resolved` only to those that were told of the firing.
 */
export function channelsToTell(
  alert: RoutedAlert,
  channels: readonly RoutedChannel[],
  nowMs: number,
  windowMs: number,
): readonly number[] {
  const wanted = channels.filter(({ id, enabled }) => enabled && (alert.channelIds?.includes(id) ?? true));
  if (alert.kind === 'resolved') {
    return wanted
      .filter(({ id, sendResolved }) => sendResolved && alert.toldChannelIds.includes(id))
      .map(({ id }) => id);
  }
  if (alert.lastToldMs !== undefined && nowMs - alert.lastToldMs < windowMs) return [];
  const rank = SEVERITIES.indexOf(alert.severity);
  return wanted.filter(({ minSeverity }) => rank >= SEVERITIES.indexOf(minSeverity)).map(({ id }) => id);
}
