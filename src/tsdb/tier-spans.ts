/** Which tier answers which part of a range: raw where it exists and the step asks for it, then 5 minutes, then 1 hour. */
import type { TierMs, TierSpan } from '../model/series.ts';

/** What a tier has: rows from `fromMs` on; buckets before `completeMs` are computed. */
export interface TierReach {
  readonly fromMs: number;
  readonly completeMs: number;
}

export interface Reaches {
  readonly raw: TierReach;
  readonly fiveMinutes: TierReach;
  readonly hours: TierReach;
}

const FIVE_MINUTES_MS = 300_000;
const HOUR_MS = 3_600_000;

/** Spans over [fromMs, toMs], oldest first, without gaps. `stepMs` 0 is an instant: raw, where it exists. */
export function tierSpans(reaches: Reaches, fromMs: number, toMs: number, stepMs: number): TierSpan[] {
  const { raw, fiveMinutes, hours } = reaches;
  // From these times on the finer tier takes over; on bounds of the coarser tier's buckets, so that none is counted twice.
  const fineMs =
    stepMs >= FIVE_MINUTES_MS
      ? fiveMinutes.completeMs
      : Math.min(ceil(raw.fromMs, FIVE_MINUTES_MS), fiveMinutes.completeMs);
  const rawFromMs = fiveMinutes.fromMs < fineMs ? fineMs : rawStart(raw, hours);
  const middleWanted =
    stepMs >= HOUR_MS ? hours.completeMs : Math.min(ceil(fiveMinutes.fromMs, HOUR_MS), hours.completeMs);
  const middleFromMs = Math.min(hours.fromMs < middleWanted ? middleWanted : Number.NEGATIVE_INFINITY, rawFromMs);
  const spans: TierSpan[] = [];
  const add = (tierMs: TierMs, startMs: number, endMs: number) => {
    const from = Math.max(startMs, fromMs);
    const to = Math.min(endMs, toMs);
    if (from < to || (from === to && endMs > toMs)) spans.push({ tierMs, fromMs: from, toMs: to });
  };
  add(HOUR_MS, Number.NEGATIVE_INFINITY, middleFromMs);
  add(FIVE_MINUTES_MS, middleFromMs, rawFromMs);
  add(0, rawFromMs, Number.POSITIVE_INFINITY);
  return spans;
}

/** Where raw begins when there are no 5-minute buckets. */
function rawStart(raw: TierReach, hours: TierReach): number {
  const startMs = Math.min(ceil(raw.fromMs, HOUR_MS), hours.completeMs);
  return hours.fromMs < startMs ? startMs : Number.NEGATIVE_INFINITY;
}

function ceil(timeMs: number, widthMs: number): number {
  return Math.ceil(timeMs / widthMs) * widthMs;
}
