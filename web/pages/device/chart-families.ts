/**
 * The charts of a device page, as data: which metric must exist, what is asked, how it is named. What a device does not
 * measure is not drawn. `#` stands for the selector of the device.
 */
import type { ValueLimits } from '../../charts/axes.ts';
import type { ChartQuery } from '../../charts/query.ts';
import type { InstantAnswer } from '../../data/prometheus.ts';
import { sensorUnit, type Unit } from '../../format/units.ts';

export interface ChartFamily {
  readonly title: string;
  /** Metric that must exist; for sensors also the class. */
  readonly needs: string;
  readonly sensorClass?: string;
  readonly unit: Unit;
  readonly limits?: ValueLimits;
  readonly isStepped?: boolean;
  readonly queries: readonly ChartQuery[];
}

type Labels = Readonly<Record<string, string>>;
type SeriesName = NonNullable<ChartQuery['name']>;
const FULL: ValueLimits = { min: 0, max: 100 };

const by =
  (label: string, suffix = '') =>
  (labels: Labels): string =>
    (labels[label] ?? '') + suffix;

/** The average of a field, named by one of its labels. */
const mean = (metric: string, name: SeriesName): ChartQuery => ({
  expression: `avg_over_time(${metric}#[$w])`,
  name,
});

/** Used of total as a percentage. */
const share = (used: string, total: string, name: SeriesName): ChartQuery => ({
  expression: `100 * avg_over_time(${used}#[$w]) / avg_over_time(${total}#[$w])`,
  name,
});

const SENSORS: readonly (readonly [string, string])[] = [
  ['temperature', 'Temperature'],
  ['humidity', 'Humidity'],
  ['fan', 'Fans'],
  ['voltage', 'Voltages'],
  ['current', 'Currents'],
  ['power', 'Power'],
  ['energy', 'Energy'],
  ['frequency', 'Frequency'],
  ['airflow', 'Airflow'],
  ['pressure', 'Pressure'],
  ['signal', 'Signal'],
];

const FAMILIES: readonly ChartFamily[] = [
  {
    title: 'Latency',
    needs: 'icmp_rtt_avg_ms',
    unit: 'milliseconds',
    queries: [
      { expression: 'avg_over_time(icmp_rtt_avg_ms#[$w])', name: 'Mean' },
      { expression: 'max_over_time(icmp_rtt_max_ms#[$w])', name: 'Worst' },
    ],
  },
  {
    title: 'Packet loss',
    needs: 'icmp_loss_percent',
    unit: 'percent',
    limits: FULL,
    queries: [mean('icmp_loss_percent', 'Loss')],
  },
  {
    title: 'Processor',
    needs: 'cpu_percent',
    unit: 'percent',
    limits: FULL,
    queries: [mean('cpu_percent', (labels) => (labels.core === 'total' ? 'Total' : `Core ${labels.core ?? ''}`))],
  },
  {
    title: 'Load',
    needs: 'cpu_load1',
    unit: 'none',
    queries: [mean('cpu_load1', '1 min'), mean('cpu_load5', '5 min'), mean('cpu_load15', '15 min')],
  },
  {
    title: 'Memory',
    needs: 'memory_used_bytes',
    unit: 'percent',
    limits: FULL,
    queries: [share('memory_used_bytes', 'memory_total_bytes', by('pool'))],
  },
  {
    title: 'Storage',
    needs: 'storage_used_bytes',
    unit: 'percent',
    limits: FULL,
    queries: [share('storage_used_bytes', 'storage_total_bytes', by('mount'))],
  },
  {
    title: 'Traffic of all interfaces',
    needs: 'interface_in_octets',
    unit: 'bitsPerSecond',
    queries: [
      { expression: '8 * sum(rate(interface_in_octets#[$r]))', name: 'In' },
      { expression: '8 * sum(rate(interface_out_octets#[$r]))', name: 'Out', isBelow: true },
    ],
  },
  {
    title: 'Disk transfer',
    needs: 'disk_read_bytes',
    unit: 'bytesPerSecond',
    queries: [
      { expression: 'rate(disk_read_bytes#[$r])', name: by('disk', ' read') },
      { expression: 'rate(disk_written_bytes#[$r])', name: by('disk', ' written'), isBelow: true },
    ],
  },
  {
    title: 'Disk busy',
    needs: 'disk_busy_percent',
    unit: 'percent',
    limits: FULL,
    queries: [mean('disk_busy_percent', by('disk'))],
  },
  {
    title: 'Disk temperature',
    needs: 'disk_temperature_celsius',
    unit: 'celsius',
    limits: { isFloating: true },
    queries: [mean('disk_temperature_celsius', by('disk'))],
  },
  ...SENSORS.map(
    ([sensorClass, title]): ChartFamily => ({
      title,
      needs: 'sensor_value',
      sensorClass,
      unit: sensorUnit(sensorClass),
      limits: { isFloating: !['power', 'current', 'fan', 'energy'].includes(sensorClass) },
      queries: [{ expression: `avg_over_time(sensor_value{class="${sensorClass}",#}[$w])`, name: by('sensor') }],
    }),
  ),
  {
    title: 'Battery',
    needs: 'ups_battery_percent',
    unit: 'percent',
    limits: FULL,
    queries: [mean('ups_battery_percent', 'Charge'), mean('ups_load_percent', 'Load')],
  },
  {
    title: 'Battery runtime',
    needs: 'ups_runtime_seconds',
    unit: 'seconds',
    queries: [mean('ups_runtime_seconds', 'Runtime')],
  },
  {
    title: 'Mains and output',
    needs: 'ups_input_volts',
    unit: 'volts',
    limits: { isFloating: true },
    queries: [mean('ups_input_volts', 'Input'), mean('ups_output_volts', 'Output')],
  },
  {
    title: 'On battery',
    needs: 'ups_on_battery',
    unit: 'none',
    limits: { min: 0, max: 1 },
    isStepped: true,
    queries: [{ expression: 'max_over_time(ups_on_battery#[$w])', name: 'On battery' }],
  },
  { title: 'Outlet power', needs: 'outlet_watts', unit: 'watts', queries: [mean('outlet_watts', by('outlet'))] },
  { title: 'Outlet current', needs: 'outlet_amps', unit: 'amperes', queries: [mean('outlet_amps', by('outlet'))] },
  { title: 'Power over Ethernet', needs: 'poe_watts', unit: 'watts', queries: [mean('poe_watts', by('ifname'))] },
  {
    title: 'Printer supplies',
    needs: 'printer_supply_level_percent',
    unit: 'percent',
    limits: FULL,
    queries: [mean('printer_supply_level_percent', by('supply'))],
  },
  {
    title: 'Wireless clients',
    needs: 'wireless_clients',
    unit: 'none',
    queries: [mean('wireless_clients', (labels) => [labels.radio, labels.ssid].filter(Boolean).join(' '))],
  },
  { title: 'Sessions', needs: 'session_active', unit: 'none', queries: [mean('session_active', by('kind'))] },
  {
    title: 'Processes',
    needs: 'process_cpu_percent',
    unit: 'percent',
    queries: [mean('process_cpu_percent', by('name'))],
  },
  { title: 'HTTP', needs: 'http_duration_ms', unit: 'milliseconds', queries: [mean('http_duration_ms', by('target'))] },
  {
    title: 'TCP connect',
    needs: 'tcp_duration_ms',
    unit: 'milliseconds',
    queries: [mean('tcp_duration_ms', by('target'))],
  },
  { title: 'DNS', needs: 'dns_duration_ms', unit: 'milliseconds', queries: [mean('dns_duration_ms', by('target'))] },
  {
    title: 'Days until the certificate ends',
    needs: 'tls_days_to_expiry',
    unit: 'none',
    queries: [mean('tls_days_to_expiry', by('target'))],
  },
  {
    title: 'Sensors as judged by the device',
    needs: 'sensor_ok',
    unit: 'none',
    limits: { min: 0, max: 1 },
    isStepped: true,
    queries: [{ expression: 'min_over_time(sensor_ok#[$w])', name: by('sensor') }],
  },
  {
    title: 'Redundancy',
    needs: 'redundancy_ok',
    unit: 'none',
    limits: { min: 0, max: 1 },
    isStepped: true,
    queries: [
      {
        expression: 'min_over_time(redundancy_ok#[$w])',
        name: (labels) => [labels.kind, labels.name].filter(Boolean).join(' '),
      },
    ],
  },
  {
    title: 'SNMP poll',
    needs: 'snmp_poll_duration_ms',
    unit: 'milliseconds',
    queries: [mean('snmp_poll_duration_ms', 'Duration')],
  },
];

/** What a device measures: metric names, and `sensor_value/CLASS` for sensors. */
export type Measured = ReadonlySet<string>;

/** The charts that a device has, with its selector in them. */
export function chartsOf(deviceId: number, measured: Measured): readonly ChartFamily[] {
  return FAMILIES.filter((family) =>
    measured.has(family.sensorClass ? `${family.needs}/${family.sensorClass}` : family.needs),
  ).map((family) => ({
    ...family,
    queries: family.queries.map((query) => ({ ...query, expression: forDevice(query.expression, deviceId) })),
  }));
}

/** Puts the device's selector in the place of `#`, inside braces or with its own. */
export function forDevice(expression: string, deviceId: number): string {
  const own = `device_id="${deviceId}"`;
  return expression.replaceAll(/,#/g, `,${own}`).replaceAll('#', `{${own}}`);
}

/** Asks what a device has measured lately. */
export const measuredQuery = (deviceId: number): string => `count by (__name__, class) ({device_id="${deviceId}"})`;

export function measuredOf(answer: InstantAnswer): Measured {
  const names = new Set<string>();
  for (const { metric } of answer.data.result) {
    const name = metric.__name__;
    if (!name) continue;
    names.add(name);
    if (metric.class) names.add(`${name}/${metric.class}`);
  }
  return names;
}
