/** The last hour in four small lines: how the network answers, and how much is polled and stored. */
import { withQuery } from '../../api.ts';
import { type MatrixSeries, stitch, summarize } from '../../charts/frame.ts';
import { Sparkline } from '../../charts/sparkline.ts';
import { Panel } from '../../components/page.ts';
import { useNow } from '../../components/time.ts';
import { useResource } from '../../data/resource.ts';
import { formatValue, type Unit } from '../../format/units.ts';
import { html, useRef, type VNode } from '../../html.ts';

interface Beat {
  readonly label: string;
  readonly query: string;
  readonly unit: Unit;
  /** Top of the scale, when it is not the largest value. */
  readonly max?: number;
}

interface RangeAnswer {
  readonly data: { readonly result: readonly MatrixSeries[] };
}

const BEATS: readonly Beat[] = [
  { label: 'Mean latency', query: 'avg(icmp_rtt_avg_ms)', unit: 'milliseconds' },
  { label: 'Packet loss', query: 'avg(icmp_loss_percent)', unit: 'percent', max: 10 },
  { label: 'Polls', query: 'sum(rate(telltale_collector_polls_total[2m]))', unit: 'perSecond' },
  { label: 'Samples stored', query: 'sum(rate(telltale_ingest_samples_total[2m]))', unit: 'perSecond' },
];
const SPAN_S = 3600;
const STEP_S = 60;

export function Pulse(): VNode {
  return html`<${Panel} title="Last hour">
    <ul class="pulse">
      ${BEATS.map((beat) => html`<li key=${beat.label}><${PulseLine} beat=${beat} /></li>`)}
    </ul>
  <//>`;
}

function PulseLine({ beat }: { readonly beat: Beat }): VNode {
  const endS = Math.floor(useNow() / 1000 / STEP_S) * STEP_S;
  const startS = endS - SPAN_S;
  const answer = useResource<RangeAnswer>(
    withQuery('/query_range', { query: beat.query, start: startS, end: endS, step: STEP_S }),
  );
  // The window moves on every minute; until the new answer is there, the last one stays.
  const kept = useRef<readonly (number | null)[]>([]);
  if (answer.data) {
    const frame = stitch(undefined, { startS, endS, stepS: STEP_S }, startS, answer.data.data.result);
    kept.current = frame.columns[0]?.values ?? [];
  }
  const values = kept.current;
  return html`<span class="muted">${beat.label}</span>
    <b>${formatValue(summarize(values)?.last, beat.unit)}</b>
    <${Sparkline} values=${values} width=${240} height=${44} max=${maxOf(values, beat.max)} hasArea />`;
}

/** A scale that does not make much of little. */
function maxOf(values: readonly (number | null)[], least: number | undefined): number | undefined {
  const largest = summarize(values)?.max;
  if (largest === undefined || least === undefined) return largest;
  return Math.max(largest, least);
}
