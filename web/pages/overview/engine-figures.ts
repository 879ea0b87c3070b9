/** Telltale's own figures, as it stores them: `telltale_*`. Totals are shown as what they grow by a second. */
import { Facts, Failure, Panel } from '../../components/page.ts';
import { type InstantSample, useInstant } from '../../data/prometheus.ts';
import { formatValue, unitOf } from '../../format/units.ts';
import { html, type VNode } from '../../html.ts';
import { kindText } from '../event-list.ts';

const REFRESH_MS = 10_000;
const OWN_LABELS = new Set(['__name__', 'device_id', 'monitor_id']);

export function EngineFigures(): VNode | null {
  const now = useInstant('{__name__=~"telltale_.+",__name__!~".+_total"}', REFRESH_MS);
  const rates = useInstant('rate({__name__=~"telltale_.+_total"}[1m])', REFRESH_MS);
  if (now.error) {
    return html`<${Panel} title="Figures"><${Failure} error=${now.error} onRetry=${now.reload} /><//>`;
  }
  const gauges = (now.data?.data.result ?? []).map((sample) => {
    const metric = sample.metric['__name__'] ?? '';
    return [figureName(metric, sample), formatValue(Number(sample.value[1]), unitOf(metric))] as const;
  });
  const growing = (rates.data?.data.result ?? [])
    .filter((sample) => sample.metric['__name__'] !== undefined)
    .map(
      (sample) =>
        [figureName(sample.metric['__name__']!, sample), formatValue(Number(sample.value[1]), 'perSecond')] as const,
    );
  const rows = [...gauges, ...growing].sort((a, b) => a[0].localeCompare(b[0]));
  if (rows.length === 0) return null;
  return html`<${Panel} title="Figures"><${Facts} rows=${rows} /><//>`;
}

/** `telltale_store_up` → `store up`, with what tells several apart. */
function figureName(metric: string, sample: InstantSample): string {
  const labels = Object.entries(sample.metric).filter(([name]) => !OWN_LABELS.has(name));
  const suffix = labels.map(([, value]) => value).join(' ');
  return kindText(metric.replace(/^telltale_/, '').replace(/_total$/, '')) + (suffix === '' ? '' : ` (${suffix})`);
}
