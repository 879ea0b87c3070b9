/** Which tier answers which part of a range: raw where it exists and the step asks for it, then 5 minutes, then 1 hour. */
import type { TierMs, TierSpan } from '../model/series.ts';

/** What a tier has: rows from `fromMs` on (Infinity: none); buckets before `completeMs` are computed. */
export interface TierReach {
  readonly fromMs: number;
  readonly completeMs: number;
}

export interface Reaches {
  readonly raw: TierReach;
  readonly fiveMinutes: TierReach;
  readonly hours: TierReach;
}

import { bucketStart } from './tier-aggregate.ts';

const FIVE_MINUTES_MS = 300_000;
const HOUR_MS = 3_600_000;

/** Spans over [fromMs, toMs], oldest first, without gaps. `stepMs` 0 is an instant: raw, where it exists. */
export function tierSpans(reaches: Reaches, fromMs: number, toMs: number, stepMs: number): TierSpan[] {
  const { raw, fiveMinutes, hours } = reaches;
  const rawFromMs = handover(fiveMinutes, FIVE_MINUTES_MS, stepMs, raw.fromMs);
  const hasFive = rawFromMs > Number.NEGATIVE_INFINITY;
  const fineFromMs = hasFive ? Math.min(fiveMinutes.fromMs, raw.fromMs) : raw.fromMs;
  const hoursToMs = handover(hours, HOUR_MS, stepMs, fineFromMs);
  const spans: TierSpan[] = [];
  const add = (tierMs: TierMs, startMs: number, endMs: number) => {
    const from = Math.max(startMs, fromMs);
    const to = Math.min(endMs, toMs);
    if (from < to || (from === to && endMs > toMs)) spans.push({ tierMs, fromMs: from, toMs: to });
  };
  add(HOUR_MS, Number.NEGATIVE_INFINITY, hoursToMs);
  add(FIVE_MINUTES_MS, hoursToMs, rawFromMs);
  add(0, Math.max(hoursToMs, rawFromMs), Number.POSITIVE_INFINITY);
  return spans;
}

/**
 * Where a tier hands over to the finer one, on a bound of its buckets so that none counts twice; -Infinity when it is not
 * needed: it has nothing that the finer one has not, and the step does not ask for it.
 */
function handover(tier: TierReach, tierMs: number, stepMs: number, finerFromMs: number): number {
  const isWanted = stepMs >= tierMs;
  const endMs = isWanted ? tier.completeMs : Math.min(Math.ceil(finerFromMs / tierMs) * tierMs, tier.completeMs);
  const hasOlder = tier.fromMs < bucketStart(finerFromMs, tierMs);
  return (isWanted || hasOlder) && tier.fromMs < endMs ? endMs : Number.NEGATIVE_INFINITY;
}
