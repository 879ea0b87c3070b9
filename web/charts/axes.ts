/** Axes of time charts: 24-hour times with the date where it changes, and values in their unit. */
import type uPlot from 'uplot';
import { clockText } from '../format/time.ts';
import { formatValue, type Unit } from '../format/units.ts';
import type { ChartColors } from './colors.ts';

const FONT = '11px "Inter Variable", "Segoe UI", system-ui, sans-serif';
const DAY_S = 86_400;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Texts of the time axis. */
export function timeTexts(times: readonly number[], gapS: number): string[] {
  let lastDay = '';
  return times.map((time, index) => {
    const date = new Date(time * 1000);
    const day = `${date.getDate()} ${MONTHS[date.getMonth()]}`;
    const isNewDay = day !== lastDay;
    lastDay = day;
    if (gapS >= DAY_S) return day;
    const clock = clockText(time * 1000) + (gapS < 60 ? `:${String(date.getSeconds()).padStart(2, '0')}` : '');
    const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
    return isNewDay && index > 0 && isMidnight ? day : clock;
  });
}

/** Steps of 1, 2, 5 (or 1, 2, 4 … in binary units) so that the texts are round. */
export function valueSteps(unit: Unit): number[] {
  const steps: number[] = [];
  if (unit === 'bytes') {
    for (let power = 0; power <= 50; power++) steps.push(2 ** power);
    return steps;
  }
  for (let power = -4; power <= 15; power++) for (const digit of [1, 2, 5]) steps.push(digit * 10 ** power);
  return steps;
}

export function timeAxis(colors: ChartColors): uPlot.Axis {
  return {
    stroke: colors.text,
    font: FONT,
    size: 26,
    gap: 6,
    space: 64,
    grid: { show: false },
    ticks: { stroke: colors.grid, width: 1, size: 4 },
    values: (_plot, splits, _axis, _space, incr) => timeTexts(splits, incr),
  };
}

/** `isMirrored`: what lies below zero is no negative amount but the other direction. */
export function valueAxis(colors: ChartColors, unit: Unit, isMirrored: boolean): uPlot.Axis {
  return {
    stroke: colors.text,
    font: FONT,
    size: 66,
    gap: 6,
    space: 28,
    incrs: valueSteps(unit),
    grid: { stroke: colors.grid, width: 1 },
    ticks: { show: false },
    values: (_plot, splits) => splits.map((value) => formatValue(isMirrored ? Math.abs(value) : value, unit)),
  };
}

export interface ValueLimits {
  /** Fixed ends, e.g. 0 and 100 of a percentage. */
  readonly min?: number;
  readonly max?: number;
  /** Zero need not be shown: temperatures, voltages. */
  readonly isFloating?: boolean;
}

/** Ends of the value axis for what the data spans. */
export function valueRange(dataMin: number | null, dataMax: number | null, limits: ValueLimits): [number, number] {
  if (dataMin === null || dataMax === null) return [limits.min ?? 0, limits.max ?? 1];
  let low = dataMin;
  let high = dataMax;
  if (!limits.isFloating) {
    low = Math.min(low, 0);
    high = Math.max(high, 0);
  }
  const span = high - low || Math.abs(high) || 1;
  const room = span * 0.08;
  const min = limits.min ?? (low === 0 ? 0 : low - room);
  const max = limits.max === undefined ? (high === 0 && low < 0 ? 0 : high + room) : Math.max(limits.max, high);
  return [min, max];
}
