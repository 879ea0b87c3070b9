/** Rates of all interfaces of a device: the newest, and the last half hour for the lines beside them. */
import type { DeviceInterface } from '../../../src/api/contract.ts';
import { withQuery } from '../../api.ts';
import { type MatrixSeries, stitch } from '../../charts/frame.ts';
import { useNow } from '../../components/time.ts';
import { byLabel, useInstant } from '../../data/prometheus.ts';
import { useResource } from '../../data/resource.ts';
import { useRef } from '../../html.ts';

export interface InterfaceRate {
  readonly inBps: number | undefined;
  readonly outBps: number | undefined;
  /** Errors and discards a second, both ways. */
  readonly errorsPerSecond: number | undefined;
  readonly trend: readonly (number | null)[];
}

interface RangeAnswer {
  readonly data: { readonly result: readonly MatrixSeries[] };
}

const TREND_S = 1800;
const TREND_STEP_S = 60;
/** A rate needs two samples, and one may be late. */
const WINDOW_MIN_S = 60;

/** By `ifname`. */
export function useInterfaceRates(deviceId: number, intervalS: number): (row: DeviceInterface) => InterfaceRate {
  const own = `{device_id="${deviceId}"}`;
  const window = `${Math.max(WINDOW_MIN_S, intervalS * 4)}s`;
  const inRate = `8 * rate(interface_in_octets${own}[${window}])`;
  const outRate = `8 * rate(interface_out_octets${own}[${window}])`;
  const problems = ['in_errors', 'out_errors', 'in_discards', 'out_discards']
    .map((field) => `sum by (ifname) (rate(interface_${field}${own}[5m]))`)
    .map((each, _index, all) => `(${each} or 0 * ${all[0]})`)
    .join(' + ');
  const ins = byLabel(useInstant(inRate).data, 'ifname');
  const outs = byLabel(useInstant(outRate).data, 'ifname');
  const errors = byLabel(useInstant(problems).data, 'ifname');
  const trends = useTrends(`${inRate} + ${outRate}`);
  return ({ ifname }) => ({
    inBps: ins.get(ifname),
    outBps: outs.get(ifname),
    errorsPerSecond: errors.get(ifname),
    trend: trends.get(ifname) ?? [],
  });
}

type Trends = ReadonlyMap<string, readonly (number | null)[]>;

/** The window moves on every minute; until the new answer is there, the last one stays. */
function useTrends(query: string): Trends {
  const kept = useRef<Trends>(new Map());
  const endS = Math.floor(useNow() / 1000 / TREND_STEP_S) * TREND_STEP_S;
  const startS = endS - TREND_S;
  const answer = useResource<RangeAnswer>(
    withQuery('/query_range', { query, start: startS, end: endS, step: TREND_STEP_S }),
  );
  if (answer.data) {
    const frame = stitch(undefined, { startS, endS, stepS: TREND_STEP_S }, startS, answer.data.data.result);
    kept.current = new Map(frame.columns.map((column) => [column.labels.ifname ?? '', column.values]));
  }
  return kept.current;
}
