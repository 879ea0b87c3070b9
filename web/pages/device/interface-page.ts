/** One interface: traffic, packets, errors and state through time. */
import type { Device, DeviceInterface } from '../../../src/api/contract.ts';
import { RangePicker, usePageRange } from '../../charts/range-picker.ts';
import { TimeChart } from '../../charts/time-chart.ts';
import { Empty, Failure, Figures, Loading, PageHead, Panel } from '../../components/page.ts';
import { RelativeTime } from '../../components/time.ts';
import { useResource } from '../../data/resource.ts';
import { quote } from '../../format/promql.ts';
import { formatValue, NOTHING, type Unit } from '../../format/units.ts';
import { html, useMemo, type VNode } from '../../html.ts';
import { InterfaceStatus, interfaceType } from './interface-status.ts';
import { useIntervals } from './intervals.ts';

interface InterfaceChart {
  readonly title: string;
  readonly unit: Unit;
  /** [field, name, drawn below, factor]. */
  readonly rates: readonly (readonly [string, string, boolean])[];
}

const CHARTS: readonly InterfaceChart[] = [
  {
    title: 'Traffic',
    unit: 'bitsPerSecond',
    rates: [
      ['in_octets', 'In', false],
      ['out_octets', 'Out', true],
    ],
  },
  {
    title: 'Unicast packets',
    unit: 'perSecond',
    rates: [
      ['in_unicast_packets', 'In', false],
      ['out_unicast_packets', 'Out', true],
    ],
  },
  {
    title: 'Broadcast and multicast packets',
    unit: 'perSecond',
    rates: [
      ['in_broadcast_packets', 'Broadcast in', false],
      ['out_broadcast_packets', 'Broadcast out', true],
      ['in_multicast_packets', 'Multicast in', false],
      ['out_multicast_packets', 'Multicast out', true],
    ],
  },
  {
    title: 'Errors and discards',
    unit: 'perSecond',
    rates: [
      ['in_errors', 'Errors in', false],
      ['out_errors', 'Errors out', true],
      ['in_discards', 'Discards in', false],
      ['out_discards', 'Discards out', true],
    ],
  },
];

export function InterfacePage({ id, ifname }: { readonly id: string; readonly ifname: string }): VNode {
  const device = useResource<Device>(`/devices/${encodeURIComponent(id)}`);
  const answer = useResource<{ readonly data: readonly DeviceInterface[] }>(
    `/devices/${encodeURIComponent(id)}/interfaces`,
  );
  const page = usePageRange();
  const intervals = useIntervals(Number(id), ['interface_in_octets', 'interface_oper_status']);
  const row = answer.data?.data.find((each) => each.ifname === ifname);
  const own = `{device_id=${quote(id)},ifname=${quote(ifname)}}`;
  const charts = useMemo(
    () =>
      CHARTS.map((chart) => ({
        ...chart,
        queries: chart.rates.map(([field, name, isBelow]) => ({
          expression: `${chart.unit === 'bitsPerSecond' ? '8 * ' : ''}rate(interface_${field}${own}[$r])`,
          name,
          isBelow,
        })),
      })),
    [own],
  );
  const error = device.error ?? answer.error;
  const retry = () => {
    device.reload();
    answer.reload();
  };
  if (error) return html`<${Failure} error=${error} onRetry=${retry} />`;
  if (!device.data || !answer.data) return html`<${Loading} lines=${8} />`;
  const trail = [
    ['Devices', '/devices'],
    [device.data.name, `/devices/${id}?tab=interfaces`],
  ];
  if (!row) {
    return html`<${PageHead} title=${ifname} trail=${trail} />
      <${Empty} icon="devices" title="This device has no such interface" />`;
  }
  return html`<${PageHead} title=${row.name || row.ifname} note=${row.alias} trail=${trail}><${RangePicker} page=${page} /><//>
    <div class="stack">
      <${Panel}><${Figures} rows=${factsOf(row)} /><//>
      ${!row.polled && html`<p class="note">This interface is not polled, so nothing new is drawn. Select it in the list of interfaces to poll it.</p>`}
      <div class="chart-grid is-wide">
        ${charts.map(
          (chart) => html`<${Panel} key=${chart.title}>
            <${TimeChart}
              title=${chart.title}
              queries=${chart.queries}
              unit=${chart.unit}
              range=${page.range}
              intervalS=${intervals?.get('interface_in_octets')}
              heightPx=${chart.title === 'Traffic' ? 240 : 170}
              onZoom=${page.zoom}
            />
          <//>`,
        )}
        <${Panel}>
          <${TimeChart}
            title="State"
            queries=${[{ expression: `max_over_time(interface_oper_status${own}[$w]) == bool 1`, name: 'Up' }]}
            unit="none"
            limits=${{ min: 0, max: 1 }}
            isStepped
            range=${page.range}
            intervalS=${intervals?.get('interface_oper_status')}
            heightPx=${110}
            onZoom=${page.zoom}
          />
        <//>
      </div>
    </div>`;
}

function factsOf(row: DeviceInterface) {
  return [
    ['Status', html`<${InterfaceStatus} row=${row} />`],
    ['Speed', row.speed_bits_per_second > 0 ? formatValue(row.speed_bits_per_second, 'bitsPerSecond') : NOTHING],
    ['Type', interfaceType(row.type)],
    ['MAC', html`<span class="mono">${row.mac || NOTHING}</span>`],
    ['Description', row.descr || NOTHING],
    ['Index', String(row.if_index)],
    ['Last seen', html`<${RelativeTime} at=${row.last_seen_at} />`],
  ] as const;
}
