/** All charts of a device, on one time range with one crosshair, after the strip of its health. */
import type { Device } from '../../../src/api/contract.ts';
import { type PageRange, RangePicker } from '../../charts/range-picker.ts';
import { TimeChart } from '../../charts/time-chart.ts';
import { Empty, Failure, Loading, Panel } from '../../components/page.ts';
import { useInstant } from '../../data/prometheus.ts';
import { html, useMemo, type VNode } from '../../html.ts';
import { chartsOf, measuredOf, measuredQuery } from './chart-families.ts';
import { bandsOf, type HealthSegment } from './health-segments.ts';
import { HealthTimeline } from './health-timeline.ts';
import { useIntervals } from './intervals.ts';

interface DeviceChartsProps {
  readonly device: Device;
  readonly page: PageRange;
  readonly segments: readonly HealthSegment[];
  readonly span: { readonly fromS: number; readonly toS: number };
}

const MEASURED_REFRESH_MS = 10_000;

export function DeviceCharts({ device, page, segments, span }: DeviceChartsProps): VNode {
  const answer = useInstant(measuredQuery(device.id), MEASURED_REFRESH_MS);
  const measured = answer.data ? measuredOf(answer.data) : undefined;
  const known = measured ? [...measured].sort().join() : '';
  const charts = useMemo(() => (measured ? chartsOf(device.id, measured) : []), [device.id, known]);
  const bands = useMemo(() => bandsOf(segments), [segments]);
  const intervals = useIntervals(
    device.id,
    charts.map((chart) => chart.needs),
  );

  return html`<div class="line between">
      <p class="muted">Drag across a chart to look closer.</p>
      <${RangePicker} page=${page} />
    </div>
    <${Panel}><${HealthTimeline} segments=${segments} ...${span} /><//>
    ${answer.error && !answer.data && html`<${Failure} error=${answer.error} onRetry=${answer.reload} />`}
    ${(answer.isLoading || (charts.length > 0 && !intervals)) && html`<${Loading} lines=${6} />`}
    ${
      answer.data &&
      charts.length === 0 &&
      html`<${Empty}
        icon="explore"
        title="Nothing measured in the last minutes"
        text="The first poll takes a few seconds. If it stays like this, the Monitors tab says why."
      />`
    }
    <div class="chart-grid">
      ${(intervals ? charts : []).map(
        (chart) => html`<${Panel} key=${chart.title}>
          <${TimeChart}
            title=${chart.title}
            queries=${chart.queries}
            unit=${chart.unit}
            limits=${chart.limits}
            isStepped=${chart.isStepped}
            range=${page.range}
            intervalS=${intervals?.get(chart.needs)}
            bands=${bands}
            onZoom=${page.zoom}
          />
        <//>`,
      )}
    </div>`;
}
