/** Builds a uPlot from frames: lines with soft areas, gaps as gaps, one crosshair for all charts of a page. */
import uPlot from 'uplot';
import type { Unit } from '../format/units.ts';
import { timeAxis, type ValueLimits, valueAxis, valueRange } from './axes.ts';
import { type Band, drawBands } from './bands.ts';
import { type ChartColors, seriesColor, withAlpha } from './colors.ts';

export interface PlotLine {
  readonly key: string;
  readonly name: string;
  readonly colorIndex: number;
  readonly isBelow: boolean;
}

export interface PlotSetup {
  readonly lines: readonly PlotLine[];
  readonly unit: Unit;
  readonly limits: ValueLimits;
  readonly isStepped: boolean;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly bands: () => readonly Band[];
  /** Grid index under the crosshair, or null when it left. */
  readonly onCursor: (index: number | null) => void;
  readonly onZoom: (fromS: number, toS: number) => void;
}

const CROSSHAIR = uPlot.sync('telltale');

export function makePlot(host: HTMLElement, setup: PlotSetup, colors: ChartColors, data: uPlot.AlignedData): uPlot {
  // Areas that overlap would mix their colours: one line, or a pair on both sides of zero.
  const below = setup.lines.filter((line) => line.isBelow).length;
  const hasAreas = setup.lines.length === 1 || (setup.lines.length === 2 && below === 1);
  const options: uPlot.Options = {
    width: setup.widthPx,
    height: setup.heightPx,
    padding: [10, 14, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: CROSSHAIR.key, setSeries: false },
      drag: { x: true, y: false, setScale: false, dist: 8 },
      points: { size: 7, width: 2, fill: colors.surface },
      y: false,
    },
    scales: {
      x: { time: true },
      y: { range: (_plot, min, max) => valueRange(min, max, setup.limits) },
    },
    axes: [timeAxis(colors), valueAxis(colors, setup.unit, below > 0)],
    series: [
      {},
      ...setup.lines.map((line): uPlot.Series => {
        const color = seriesColor(colors, line.colorIndex);
        return {
          label: line.name,
          stroke: color,
          width: 1.5,
          ...(hasAreas ? { fill: withAlpha(color, 0.12), fillTo: 0 } : {}),
          ...(setup.isStepped ? { paths: uPlot.paths.stepped!({ align: 1 }) } : {}),
          spanGaps: false,
          points: { show: true, size: 3, width: 0, fill: color, filter: isolatedPoints },
        };
      }),
    ],
    hooks: {
      drawClear: [drawBands(setup.bands, colors)],
      setCursor: [(plot) => setup.onCursor(plot.cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 8) return;
          setup.onZoom(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
  return new uPlot(options, data, host);
}

/** A value between two gaps has no line to show it: it gets a dot. */
function isolatedPoints(plot: uPlot, seriesIndex: number): number[] | null {
  const values = plot.data[seriesIndex]!;
  const alone: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i] == null) continue;
    if (values[i - 1] == null && values[i + 1] == null) alone.push(i);
  }
  return alone;
}
