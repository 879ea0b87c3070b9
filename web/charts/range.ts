/** The time range that all charts of a page share, and the step that fits their width. Times are Unix seconds. */

export type TimeRange =
  | { readonly kind: 'last'; readonly seconds: number }
  | { readonly kind: 'fixed'; readonly fromS: number; readonly toS: number };

export interface RangeChoice {
  readonly name: string;
  readonly label: string;
  readonly seconds: number;
}

export const RANGE_CHOICES: readonly RangeChoice[] = [
  { name: '15m', label: '15 min', seconds: 900 },
  { name: '1h', label: '1 h', seconds: 3600 },
  { name: '6h', label: '6 h', seconds: 21_600 },
  { name: '24h', label: '24 h', seconds: 86_400 },
  { name: '7d', label: '7 d', seconds: 604_800 },
  { name: '30d', label: '30 d', seconds: 2_592_000 },
];
export const DEFAULT_RANGE = '1h';

/** Steps that divide hours and days, and so meet the 5-minute and 1-hour tiers. */
const STEPS_S = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];
const PIXELS_PER_POINT = 2;

/** `1h`, or `1763712000-1763715600`; anything else is the default. */
export function parseRange(text: string): TimeRange {
  const choice = RANGE_CHOICES.find((each) => each.name === text);
  if (choice) return { kind: 'last', seconds: choice.seconds };
  const fixed = /^(\d{9,10})-(\d{9,10})$/.exec(text);
  if (fixed && Number(fixed[2]) > Number(fixed[1])) {
    return { kind: 'fixed', fromS: Number(fixed[1]), toS: Number(fixed[2]) };
  }
  return parseRange(DEFAULT_RANGE);
}

/** The text of a dragged range, for the address bar. At least 30 s wide. */
export function fixedRangeText(fromS: number, toS: number): string {
  const from = Math.floor(fromS);
  return `${from}-${Math.max(Math.ceil(toS), from + 30)}`;
}

export function rangeSeconds(range: TimeRange): number {
  return range.kind === 'last' ? range.seconds : range.toS - range.fromS;
}

/** The step for a range over so many pixels; never finer than the data. */
export function chooseStep(seconds: number, widthPx: number, intervalS: number): number {
  const wanted = Math.max((seconds * PIXELS_PER_POINT) / Math.max(widthPx, 100), intervalS);
  return STEPS_S.find((step) => step >= wanted) ?? STEPS_S.at(-1)!;
}

/** The grid of a range at a moment: both ends on multiples of the step, so that later answers fit the earlier ones. */
export function windowOf(
  range: TimeRange,
  nowS: number,
  stepS: number,
): { readonly startS: number; readonly endS: number } {
  const end = range.kind === 'last' ? nowS : range.toS;
  const start = end - rangeSeconds(range);
  return { startS: Math.floor(start / stepS) * stepS, endS: Math.floor(end / stepS) * stepS };
}
