/** The line below a device's name: state, address, kind, place, uptime and the newest figures. */
import type { Device } from '../../../src/api/contract.ts';
import { HealthStatus } from '../../components/status.ts';
import { RelativeTime } from '../../components/time.ts';
import { onlyValue, useInstant } from '../../data/prometheus.ts';
import { formatDuration, formatValue, type Unit } from '../../format/units.ts';
import { html, type VNode } from '../../html.ts';

interface Figure {
  readonly name: string;
  readonly query: string;
  readonly unit: Unit;
}

const figuresOf = (id: number): readonly Figure[] => [
  { name: 'Latency', query: `icmp_rtt_avg_ms{device_id="${id}"}`, unit: 'milliseconds' },
  { name: 'Loss', query: `avg_over_time(icmp_loss_percent{device_id="${id}"}[5m])`, unit: 'percent' },
  { name: 'Processor', query: `avg(cpu_percent{device_id="${id}",core="total"})`, unit: 'percent' },
  {
    name: 'Memory',
    query: `100 * sum(memory_used_bytes{device_id="${id}"}) / sum(memory_total_bytes{device_id="${id}"})`,
    unit: 'percent',
  },
  { name: 'Hottest', query: `max(sensor_value{device_id="${id}",class="temperature"})`, unit: 'celsius' },
  { name: 'Battery', query: `ups_battery_percent{device_id="${id}"}`, unit: 'percent' },
  { name: 'Load', query: `ups_load_percent{device_id="${id}"}`, unit: 'percent' },
];

export function DeviceSummary({ device }: { readonly device: Device }): VNode {
  const uptime = useInstant(`max(snmp_sys_uptime_seconds{device_id="${device.id}"})`);
  const uptimeS = onlyValue(uptime.data);
  const kind = [device.facts.vendor, device.facts.model].filter(Boolean).join(' ');
  return html`<div class=${`device-summary is-${device.health}`}>
    <div class="device-state">
      <${HealthStatus} health=${device.health} size=${22} />
      <span class="muted">since <${RelativeTime} at=${device.health_since} /></span>
    </div>
    <dl class="figures">
      <div><dt>Address</dt><dd class="mono">${device.address}</dd></div>
      ${kind && html`<div><dt>Kind</dt><dd>${kind}</dd></div>`}
      <div><dt>Site</dt><dd><a href=${`/devices?site=${encodeURIComponent(device.site)}`}>${device.site}</a></dd></div>
      ${uptimeS !== undefined && html`<div><dt>Uptime</dt><dd>${formatDuration(uptimeS)}</dd></div>`}
      ${figuresOf(device.id).map((figure) => html`<${LatestFigure} key=${figure.name} figure=${figure} />`)}
      <div><dt>Last seen</dt><dd><${RelativeTime} at=${device.last_seen_at} never="never" /></dd></div>
    </dl>
  </div>`;
}

/** Nothing where the device does not measure it. */
function LatestFigure({ figure }: { readonly figure: Figure }): VNode | null {
  const value = onlyValue(useInstant(figure.query).data);
  if (value === undefined || Number.isNaN(value)) return null;
  return html`<div><dt>${figure.name}</dt><dd>${formatValue(value, figure.unit)}</dd></div>`;
}
