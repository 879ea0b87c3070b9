/** Telltale's own figures, as it stores them: `telltale_*`. Totals are shown as what they grow by a second. */

import { withQuery } from '../../api.ts';
import type { MatrixSeries } from '../../charts/frame.ts';
import { Facts, Failure, Panel } from '../../components/page.ts';
import { useInstant } from '../../data/prometheus.ts';
import { useResource } from '../../data/resource.ts';
import { formatValue, unitOf } from '../../format/units.ts';
import { html, type VNode } from '../../html.ts';
import { kindText } from '../event-text.ts';

interface RawAnswer {
  readonly data: { readonly result: readonly MatrixSeries[] };
}

type Labels = Readonly<Record<string, string>>;

const REFRESH_MS = 10_000;
const OWN_LABELS = new Set(['__name__', 'device_id', 'monitor_id']);
const GAUGES = '{__name__=~"telltale_.+",__name__!~".+_total|telltale_build_info"}';
const TOTALS = '{__name__=~"telltale_.+_total"}[1m]';

export function EngineFigures(): VNode | null {
  const gauges = useInstant(GAUGES, REFRESH_MS);
  const totals = useResource<RawAnswer>(withQuery('/query', { query: TOTALS }), REFRESH_MS);
  const error = gauges.error ?? totals.error;
  if (error) return html`<${Panel} title="Figures"><${Failure} error=${error} onRetry=${gauges.reload} /><//>`;
  const rows = [
    ...(gauges.data?.data.result ?? []).map(({ metric, value }) => figure(metric, Number(value[1]))),
    ...(totals.data?.data.result ?? []).map(({ metric, values }) => growth(metric, values)),
  ].sort((a, b) => a[0].localeCompare(b[0]));
  if (rows.length === 0) return null;
  return html`<${Panel} title="Figures"><${Facts} rows=${rows} /><//>`;
}

function figure(metric: Labels, value: number): readonly [string, string] {
  const name = metric.__name__ ?? '';
  return [figureName(metric, /_(bytes|seconds|ms|percent)$/), formatValue(value, unitOf(name))];
}

/** What a counter grew by a second over the samples; after a restart it begins anew, which is no negative growth. */
function growth(metric: Labels, values: MatrixSeries['values']): readonly [string, string] {
  const first = values[0];
  const last = values.at(-1);
  const seconds = first && last ? last[0] - first[0] : 0;
  const grown = first && last ? Math.max(0, Number(last[1]) - Number(first[1])) : 0;
  const isBytes = /_bytes_total$/.test(metric.__name__ ?? '');
  const perSecond = seconds > 0 ? grown / seconds : undefined;
  return [figureName(metric, /(_bytes)?_total$/), formatValue(perSecond, isBytes ? 'bytesPerSecond' : 'perSecond')];
}

/** `telltale_store_up` → `Store up`, with what tells several apart. */
function figureName(metric: Labels, ending: RegExp): string {
  const labels = Object.entries(metric).filter(([name]) => !OWN_LABELS.has(name));
  const suffix = labels.map(([, value]) => value).join(' ');
  const words = kindText((metric.__name__ ?? '').replace(/^telltale_/, '').replace(ending, ''));
  return words.charAt(0).toUpperCase() + words.slice(1) + (suffix === '' ? '' : ` (${suffix})`);
}
