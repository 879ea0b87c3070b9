/**
 * Values of a moving chart on a regular grid of times. A refresh asks only for the newest part; `stitch` moves the old
 * values along and lays the new ones over them. No sample at a grid time is null: a gap stays a gap.
 */

export interface MatrixSeries {
  readonly metric: Readonly<Record<string, string>>;
  /** [Unix seconds, number as text]. */
  readonly values: readonly (readonly [number, string])[];
}

export interface Column {
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly values: (number | null)[];
}

export interface Frame {
  readonly startS: number;
  readonly stepS: number;
  readonly size: number;
  readonly columns: readonly Column[];
}

/** The newest part of a window is asked again, because samples arrive late and rates look back. */
const OVERLAP_S = 60;

/** Where a refresh must begin so that the new answer joins the old frame; the start of the window if it cannot. */
export function fetchStart(old: Frame | undefined, startS: number, stepS: number): number {
  if (!old || old.stepS !== stepS || old.startS > startS || old.size === 0) return startS;
  const lastS = old.startS + (old.size - 1) * stepS;
  const overlap = Math.max(OVERLAP_S, 2 * stepS);
  const fromS = Math.floor((lastS - overlap) / stepS) * stepS;
  return Math.max(startS, fromS);
}

/** The frame of [startS, endS]: what `old` knows before `fetchedFromS`, and the answer from there on. */
export function stitch(
  old: Frame | undefined,
  grid: { readonly startS: number; readonly endS: number; readonly stepS: number },
  fetchedFromS: number,
  answer: readonly MatrixSeries[],
): Frame {
  const { startS, endS, stepS } = grid;
  const size = Math.floor((endS - startS) / stepS) + 1;
  const columns = new Map<string, Column>();
  if (old && fetchedFromS > startS) {
    const shift = Math.round((startS - old.startS) / stepS);
    const known = Math.round((fetchedFromS - startS) / stepS);
    for (const column of old.columns) {
      const values = new Array<number | null>(size).fill(null);
      for (let i = 0; i < known; i++) values[i] = column.values[i + shift] ?? null;
      if (values.some((value) => value !== null)) columns.set(column.key, { ...column, values });
    }
  }
  for (const series of answer) {
    const key = seriesKey(series.metric);
    const values = columns.get(key)?.values ?? new Array<number | null>(size).fill(null);
    for (const [time, text] of series.values) {
      const index = Math.round((time - startS) / stepS);
      const value = Number(text);
      if (index >= 0 && index < size) values[index] = Number.isFinite(value) ? value : null;
    }
    columns.set(key, { key, labels: series.metric, values });
  }
  return { startS, stepS, size, columns: [...columns.values()] };
}

/** Identity of a series among the answers of one query. */
export function seriesKey(labels: Readonly<Record<string, string>>): string {
  return Object.keys(labels)
    .sort()
    .map((name) => `${name}=${labels[name]}`)
    .join('\n');
}

/** The times of a frame. */
export function gridTimes(frame: Pick<Frame, 'startS' | 'stepS' | 'size'>): number[] {
  return Array.from({ length: frame.size }, (_, index) => frame.startS + index * frame.stepS);
}

export interface Summary {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly last: number;
}

/** Minimum, maximum, mean and last of a column; undefined where it holds nothing. */
export function summarize(values: readonly (number | null)[]): Summary | undefined {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let amount = 0;
  let last = 0;
  for (const value of values) {
    if (value === null) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    amount++;
    last = value;
  }
  return amount === 0 ? undefined : { min, max, mean: sum / amount, last };
}
