/**
 * How often each metric of a device really arrives. Templates read big tables less often than the monitor polls, so the
 * distance of the newest samples is measured, and charts average over windows that miss none.
 */
import { withQuery } from '../../api.ts';
import { useResource } from '../../data/resource.ts';

interface RawAnswer {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [number, string])[];
    }[];
  };
}

/** Two samples of a table that is read every minute are seen in this. */
const LOOK_S = 150;
/** Of what arrives more rarely than that. */
const RARE_S = 300;
const REFRESH_MS = 60_000;

export type Intervals = ReadonlyMap<string, number>;

/** Seconds between samples by metric; undefined until it is known. */
export function useIntervals(deviceId: number, metrics: readonly string[]): Intervals | undefined {
  const names = [...new Set(metrics)].sort().join('|');
  const query = `{device_id="${deviceId}",__name__=~"${names}"}[${LOOK_S}s]`;
  const answer = useResource<RawAnswer>(names === '' ? undefined : withQuery('/query', { query }), REFRESH_MS);
  return answer.data ? intervalsOf(answer.data) : undefined;
}

/** The shortest usual distance (median) of the series of each metric. */
export function intervalsOf(answer: RawAnswer): Intervals {
  const intervals = new Map<string, number>();
  for (const { metric, values } of answer.data.result) {
    const name = metric.__name__ ?? '';
    const distance = medianDistance(values.map(([time]) => time));
    intervals.set(name, Math.min(intervals.get(name) ?? RARE_S, distance));
  }
  return intervals;
}

function medianDistance(times: readonly number[]): number {
  const distances = times.slice(1).map((time, index) => time - times[index]!);
  if (distances.length === 0) return RARE_S;
  distances.sort((a, b) => a - b);
  return Math.max(1, Math.round(distances[Math.floor(distances.length / 2)]!));
}
