/** Finds the series of a selector, and how far back a sample of one may lie to still count. */
import { finishWithRests } from '../lib/parts.ts';
import { LimitError } from '../model/limit-error.ts';
import type { Matcher, SeriesHandle } from '../model/series.ts';
import type { Evaluation } from './evaluation.ts';
import type { Grid } from './matrix.ts';
import type { SelectorPlan } from './plan.ts';
import { PromqlError } from './promql-error.ts';

const DEFAULT_LOOKBACK_MS = 300_000;
/** Of a declared interval. */
const LOOKBACK_INTERVALS = 2.5;
/** Longer declared intervals do not look back further. */
const MAX_INTERVAL_MS = 3_600_000;
const MAX_LOOKBACK_MS = LOOKBACK_INTERVALS * MAX_INTERVAL_MS;

/** Look-back of one series. */
export function lookbackOf(evaluation: Evaluation, series: SeriesHandle): number {
  if (evaluation.lookbackMs !== undefined) return evaluation.lookbackMs;
  return Math.max(DEFAULT_LOOKBACK_MS, LOOKBACK_INTERVALS * Math.min(series.intervalMs, MAX_INTERVAL_MS));
}

/** No series looks back further than this. */
export function longestLookback(evaluation: Evaluation): number {
  return evaluation.lookbackMs ?? MAX_LOOKBACK_MS;
}

/** Times in the data that the steps of a grid refer to: the first, and from one step to the next (0 with `@`). */
export interface References {
  readonly firstMs: number;
  readonly strideMs: number;
  readonly lastMs: number;
}

export function references(grid: Grid, offsetMs: number, atMs: number | undefined): References {
  const firstMs = (atMs ?? grid.startMs) - offsetMs;
  const strideMs = atMs === undefined ? grid.stepMs : 0;
  return { firstMs, strideMs, lastMs: firstMs + strideMs * (grid.count - 1) };
}

/** Series of a selector with samples in a closed range. @throws PromqlError of kind `limit` */
export async function select(
  evaluation: Evaluation,
  matchers: readonly Matcher[],
  fromMs: number,
  toMs: number,
): Promise<readonly SeriesHandle[]> {
  try {
    const request = { tenants: evaluation.tenants, matchers, fromMs, toMs };
    return await finishWithRests(evaluation.source.select(request), evaluation);
  } catch (error) {
    if (error instanceof LimitError) throw new PromqlError('limit', error.message);
    throw error;
  }
}

/** Series that an instant selector may show at the steps of a grid. */
export function selectInstant(
  evaluation: Evaluation,
  plan: SelectorPlan,
  refs: References,
): Promise<readonly SeriesHandle[]> {
  const ahead = plan.edges === 'smoothed' ? longestLookback(evaluation) : 0;
  return select(evaluation, plan.matchers, refs.firstMs - longestLookback(evaluation), refs.lastMs + ahead);
}
