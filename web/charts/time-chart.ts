/**
 * A chart of PromQL over time that moves with the clock. Its page gives queries, unit and range; it chooses the step by
 * its width, reads by itself while it is on screen, and says what is wrong when it cannot.
 */
import type uPlot from 'uplot';
import { messageOf } from '../api.ts';
import { useScheme } from '../components/theme.ts';
import { absoluteTime } from '../format/time.ts';
import type { Unit } from '../format/units.ts';
import { html, type RefObject, useEffect, useLayoutEffect, useRef, useState, type VNode } from '../html.ts';
import type { ValueLimits } from './axes.ts';
import type { Band } from './bands.ts';
import { readColors } from './colors.ts';
import { type Frame, gridTimes } from './frame.ts';
import { Legend, type LegendLine } from './legend.ts';
import { makePlot, type PlotLine } from './plot.ts';
import type { ChartQuery } from './query.ts';
import type { TimeRange } from './range.ts';
import { distinctNames } from './series-names.ts';
import { useFrames } from './use-frames.ts';

export interface TimeChartProps {
  readonly title: string;
  readonly queries: readonly ChartQuery[];
  readonly unit: Unit;
  readonly range: TimeRange;
  readonly intervalS?: number;
  readonly heightPx?: number;
  readonly limits?: ValueLimits;
  readonly isStepped?: boolean;
  readonly bands?: readonly Band[];
  readonly hasFullLegend?: boolean;
  /** Called with a dragged range. */
  readonly onZoom?: (fromS: number, toS: number) => void;
}

interface DrawnLine extends PlotLine {
  readonly values: readonly (number | null)[];
}

/** More lines than these say nothing to anyone; the legend tells how many were left out. */
const LINES_MAX = 60;
const NO_BANDS: readonly Band[] = [];
const NO_LIMITS: ValueLimits = {};

export function TimeChart(props: TimeChartProps): VNode {
  const { title, queries, unit, range, intervalS = 10, heightPx = 170, bands = NO_BANDS } = props;
  const host = useRef<HTMLDivElement>(null);
  const widthPx = useWidth(host);
  const { frames, warnings, error, retry } = useFrames(host, { queries, range, intervalS, widthPx });
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [cursorIndex, setCursorIndex] = useState<number | null>(null);

  const all = frames ? linesOf(frames, queries) : [];
  const lines = all.slice(0, LINES_MAX);
  const isEmpty = frames !== undefined && all.length === 0;
  usePlot(host, props, { lines, frame: frames?.[0], hidden, bands, widthPx, heightPx, onCursor: setCursorIndex });

  const toggle = (key: string) =>
    setHidden((old) => {
      const next = new Set(old);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  const cursorS = cursorIndex === null || !frames?.[0] ? undefined : frames[0].startS + cursorIndex * frames[0].stepS;
  const legend = lines.map((line): LegendLine => ({ ...line, isHidden: hidden.has(line.key) }));

  return html`<figure class="chart" aria-label=${title}>
    <figcaption class="chart-head">
      <h2>${title}</h2>
      <span class="muted nowrap">${cursorS === undefined ? '' : absoluteTime(cursorS * 1000)}</span>
    </figcaption>
    <div class="chart-plot" ref=${host} style=${{ height: `${heightPx}px` }}>
      ${!frames && !error && html`<div class="skeleton chart-cover"></div>`}
      ${isEmpty && !error && html`<p class="chart-cover chart-note muted">No values in this time range.</p>`}
      ${
        error &&
        html`<div class="chart-cover chart-note" role="alert">
          <p>${messageOf(error)}</p>
          <button type="button" class="button small" onClick=${retry}>Try again</button>
        </div>`
      }
    </div>
    ${
      lines.length > 0 &&
      html`<${Legend}
        lines=${legend}
        unit=${unit}
        cursorIndex=${cursorIndex}
        isFull=${props.hasFullLegend ?? false}
        onToggle=${toggle}
      />`
    }
    ${all.length > LINES_MAX && html`<p class="muted">The first ${LINES_MAX} of ${all.length} series are drawn. Narrow the query to see the others.</p>`}
    ${warnings.map((warning) => html`<p class="muted" key=${warning}>${warning}</p>`)}
  </figure>`;
}

function linesOf(frames: readonly Frame[], queries: readonly ChartQuery[]): DrawnLine[] {
  const lines: DrawnLine[] = [];
  frames.forEach((frame, index) => {
    const query = queries[index];
    if (!query) return;
    const distinct = query.name === undefined ? distinctNames(frame.columns.map((column) => column.labels)) : [];
    frame.columns.forEach((column, at) => {
      const name = typeof query.name === 'function' ? query.name(column.labels) : (query.name ?? distinct[at]!);
      const key = `${index}\n${column.key}`;
      lines.push({ key, name, colorIndex: lines.length, isBelow: query.isBelow ?? false, values: column.values });
    });
  });
  return lines;
}

interface PlotInput {
  readonly lines: readonly DrawnLine[];
  readonly frame: Frame | undefined;
  readonly hidden: ReadonlySet<string>;
  readonly bands: readonly Band[];
  readonly widthPx: number;
  readonly heightPx: number;
  readonly onCursor: (index: number | null) => void;
}

/** Makes the plot anew when its lines, size or colours change; otherwise only gives it new data. */
function usePlot(host: RefObject<HTMLDivElement | null>, props: TimeChartProps, input: PlotInput): void {
  const { lines, frame, hidden, bands, widthPx, heightPx } = input;
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef({ props, input });
  latest.current = { props, input };
  const scheme = useScheme();
  const shape = JSON.stringify([lines.map((line) => [line.key, line.name]), props.unit, widthPx, heightPx, scheme]);

  useLayoutEffect(() => {
    const element = host.current;
    if (!element || widthPx === 0 || lines.length === 0 || !frame) return;
    const made = makePlot(
      element,
      {
        lines,
        unit: props.unit,
        limits: props.limits ?? NO_LIMITS,
        isStepped: props.isStepped ?? false,
        widthPx,
        heightPx,
        bands: () => latest.current.input.bands,
        onCursor: (index) => latest.current.input.onCursor(index),
        onZoom: (fromS, toS) => latest.current.props.onZoom?.(fromS, toS),
      },
      readColors(element),
      dataOf(frame, lines),
    );
    plot.current = made;
    return () => {
      plot.current = undefined;
      made.destroy();
    };
  }, [shape, frame === undefined]);

  useLayoutEffect(() => {
    if (frame && plot.current && lines.length > 0) plot.current.setData(dataOf(frame, lines));
  }, [frame]);

  useEffect(() => {
    lines.forEach((line, index) => {
      const isShown = !hidden.has(line.key);
      if (plot.current && plot.current.series[index + 1]?.show !== isShown) {
        plot.current.setSeries(index + 1, { show: isShown });
      }
    });
  }, [hidden, shape]);

  useEffect(() => plot.current?.redraw(false), [bands]);
}

function dataOf(frame: Frame, lines: readonly DrawnLine[]): uPlot.AlignedData {
  const negative = (value: number | null) => (value === null ? null : -value);
  return [gridTimes(frame), ...lines.map(({ values, isBelow }) => (isBelow ? values.map(negative) : [...values]))];
}

/** The width of an element, followed as it changes. */
function useWidth(host: RefObject<HTMLElement | null>): number {
  const [widthPx, setWidthPx] = useState(0);
  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return;
    setWidthPx(Math.floor(element.clientWidth));
    const observer = new ResizeObserver(() => setWidthPx(Math.floor(element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [host]);
  return widthPx;
}
