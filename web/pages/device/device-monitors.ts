/** The monitors of one device. */
import type { Device, Monitor } from '../../../src/api/contract.ts';
import { withQuery } from '../../api.ts';
import { Icon } from '../../components/icon.ts';
import { Empty, Failure, Loading } from '../../components/page.ts';
import { useList } from '../../data/resource.ts';
import { may } from '../../data/session.ts';
import { html, useState, type VNode } from '../../html.ts';
import { MonitorDialog } from '../monitor/monitor-dialog.ts';
import { MonitorTable } from '../monitor/monitor-table.ts';

const REFRESH_MS = 10_000;

export function DeviceMonitors({ device }: { readonly device: Device }): VNode {
  const monitors = useList<Monitor>(withQuery('/monitors', { device_id: device.id }), REFRESH_MS);
  const [isAdding, setAdding] = useState(false);
  if (monitors.error && !monitors.data) return html`<${Failure} error=${monitors.error} onRetry=${monitors.reload} />`;
  if (!monitors.data) return html`<${Loading} />`;
  const add =
    may('operator') &&
    html`<button type="button" class="button" onClick=${() => setAdding(true)}><${Icon} name="plus" />Add monitor</button>`;
  return html`<div class="filters"><div class="grow"></div>${add}</div>
    ${
      monitors.data.length > 0
        ? html`<${MonitorTable} monitors=${monitors.data} hasDevice=${false} />`
        : html`<${Empty} icon="monitors" title="Nothing is monitored" text="A monitor asks the device in one way, at an interval." />`
    }
    ${isAdding && html`<${MonitorDialog} deviceId=${device.id} onClose=${() => setAdding(false)} />`}`;
}
