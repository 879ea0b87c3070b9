/** All that a device says of itself, and why it was recognised as what it is. */
import type { Device, DeviceFacts } from '../../../src/api/contract.ts';
import { Facts, Failure, Loading, Panel } from '../../components/page.ts';
import { RelativeTime } from '../../components/time.ts';
import { useResource } from '../../data/resource.ts';
import { formatDuration, formatValue, NOTHING } from '../../format/units.ts';
import { html, type VNode } from '../../html.ts';

const NAMES: readonly (readonly [keyof DeviceFacts['facts'], string])[] = [
  ['name', 'Own name'],
  ['vendor', 'Vendor'],
  ['model', 'Model'],
  ['serial', 'Serial number'],
  ['os', 'Operating system'],
  ['version', 'Version'],
  ['location', 'Location'],
  ['contact', 'Contact'],
  ['mac', 'MAC'],
  ['sys_descr', 'Description'],
  ['sys_object_id', 'sysObjectID'],
  ['engine_id', 'SNMP engine ID'],
];

export function DeviceFactsPanel({ device }: { readonly device: Device }): VNode {
  const answer = useResource<DeviceFacts>(`/devices/${device.id}/facts`);
  if (answer.error) return html`<${Failure} error=${answer.error} onRetry=${answer.reload} />`;
  if (!answer.data) return html`<${Loading} lines=${6} />`;
  const { facts, template, confidence, reasons, found_at } = answer.data;
  const told = NAMES.flatMap(([key, name]) => (facts[key] ? [[name, facts[key]] as const] : []));
  const labels = Object.entries(device.labels);
  return html`<div class="columns is-even">
    <${Panel} title="What it says of itself">
      ${told.length > 0 ? html`<${Facts} rows=${told} />` : html`<p class="muted">Nothing yet.</p>`}
    <//>
    <div class="stack">
      <${Panel} title="Recognised as">
        <${Facts}
          rows=${[
            ['Template', template ?? NOTHING],
            ['Confidence', confidence === null ? NOTHING : formatValue(confidence * 100, 'percent')],
            [
              'Because',
              reasons.length > 0
                ? html`<ul>${reasons.map((reason) => html`<li key=${reason}>${reason}</li>`)}</ul>`
                : NOTHING,
            ],
            ['Found', html`<${RelativeTime} at=${found_at} never="not yet" />`],
          ]}
        />
      <//>
      <${Panel} title="Here">
        <${Facts}
          rows=${[
            ['Added', html`<${RelativeTime} at=${device.created_at} />`],
            ['Offline after', formatDuration(device.offline_after_s)],
            ['Contact', device.contact || NOTHING],
            ['Industrial', device.ot ? 'yes' : 'no'],
            [
              'Labels',
              labels.length > 0
                ? html`<span class="line">${labels.map(([name, value]) => html`<span class="tag" key=${name}>${name}=${value}</span>`)}</span>`
                : NOTHING,
            ],
          ]}
        />
      <//>
    </div>
  </div>`;
}
