/** Reads charts' values: the Prometheus range API, with windows filled in and only the missing part asked for. */
import { api, withQuery } from '../api.ts';
import { withWindows } from '../format/promql.ts';
import { type Frame, fetchStart, type MatrixSeries, stitch } from './frame.ts';
import { chooseStep, rangeSeconds, type TimeRange, windowOf } from './range.ts';

export interface ChartQuery {
  /** PromQL; `$w` and `$r` stand for an averaging and a rate window. */
  readonly expression: string;
  /** Name of a series in the legend; without it, the labels that tell the series apart. */
  readonly name?: string | ((labels: Readonly<Record<string, string>>) => string);
  /** Drawn below the axis, e.g. outgoing traffic. */
  readonly isBelow?: boolean;
}

interface RangeAnswer {
  readonly data: { readonly resultType: string; readonly result: readonly MatrixSeries[] };
  readonly warnings?: readonly string[];
}

export interface ChartRequest {
  readonly queries: readonly ChartQuery[];
  readonly range: TimeRange;
  readonly widthPx: number;
  /** Seconds between samples. */
  readonly intervalS: number;
}

export interface ChartFrames {
  readonly frames: readonly Frame[];
  readonly warnings: readonly string[];
}

/** One frame a query, all on one grid. @throws ApiError */
export async function readFrames(
  request: ChartRequest,
  old: readonly Frame[] | undefined,
  nowS: number,
  signal: AbortSignal,
): Promise<ChartFrames> {
  const stepS = chooseStep(rangeSeconds(request.range), request.widthPx, request.intervalS);
  const grid = { ...windowOf(request.range, nowS, stepS), stepS };
  const warnings = new Set<string>();
  const frames = await Promise.all(
    request.queries.map(async (query, index) => {
      const before = old?.[index];
      const fromS = fetchStart(before, grid.startS, stepS);
      const answer = await api.get<RangeAnswer>(
        withQuery('/query_range', {
          query: withWindows(query.expression, stepS, request.intervalS),
          start: fromS,
          end: grid.endS,
          step: stepS,
        }),
        { signal },
      );
      for (const warning of answer.warnings ?? []) warnings.add(warning);
      return stitch(before?.stepS === stepS ? before : undefined, grid, fromS, answer.data.result);
    }),
  );
  return { frames, warnings: [...warnings] };
}
