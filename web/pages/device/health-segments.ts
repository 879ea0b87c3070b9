/** The health of a device through time, out of its events: what it was from when to when. */
import type { Device, Event } from '../../../src/api/contract.ts';
import type { Band, BandKind } from '../../charts/bands.ts';
import { HEALTH_ORDER } from '../../components/status.ts';
import { parseTime } from '../../format/time.ts';

type Health = Device['health'];

export interface HealthSegment {
  readonly fromS: number;
  readonly toS: number;
  readonly health: Health;
}

/** Health out of an event's `before` or `after`: the word itself, or an object that holds it. */
export function healthOf(value: unknown): Health | undefined {
  const word = typeof value === 'object' && value !== null && 'health' in value ? value.health : value;
  return HEALTH_ORDER.find((health) => health === word);
}

interface Span {
  readonly fromS: number;
  readonly toS: number;
}

/**
 * Segments that fill the span, oldest first. Before the first change stands what that change names as `before`; without
 * any change, what the device is now, from when it was made.
 */
export function healthSegments(
  device: Pick<Device, 'health' | 'created_at'>,
  events: readonly Pick<Event, 'at' | 'before' | 'after'>[],
  span: Span,
): readonly HealthSegment[] {
  const changes = events
    .map((event) => ({
      atS: (parseTime(event.at) ?? 0) / 1000,
      before: healthOf(event.before),
      after: healthOf(event.after),
    }))
    .filter((change) => change.after !== undefined && change.atS <= span.toS)
    .sort((a, b) => a.atS - b.atS);
  const segments: HealthSegment[] = [];
  let fromS = (parseTime(device.created_at) ?? 0) / 1000;
  let health = changes[0] ? changes[0].before : device.health;
  const push = (toS: number) => {
    const start = Math.max(fromS, span.fromS);
    const end = Math.min(toS, span.toS);
    if (health !== undefined && end > start) segments.push({ fromS: start, toS: end, health });
  };
  for (const change of changes) {
    push(change.atS);
    fromS = change.atS;
    health = change.after;
  }
  push(span.toS);
  return segments;
}

const BAND_KINDS: ReadonlySet<string> = new Set<BandKind>(['offline', 'unknown', 'maintenance']);

/** The segments that charts show behind their lines. */
export function bandsOf(segments: readonly HealthSegment[]): readonly Band[] {
  return segments
    .filter((segment) => BAND_KINDS.has(segment.health))
    .map(({ fromS, toS, health }) => ({ fromS, toS, kind: health as BandKind }));
}

/** Part of the known time in which the device worked; maintenance and unknown times do not count. */
export function availability(segments: readonly HealthSegment[]): number | undefined {
  let up = 0;
  let known = 0;
  for (const { fromS, toS, health } of segments) {
    if (health === 'unknown' || health === 'maintenance' || health === 'discovering') continue;
    known += toS - fromS;
    if (health !== 'offline') up += toS - fromS;
  }
  return known === 0 ? undefined : up / known;
}
