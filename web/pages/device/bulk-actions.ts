/** What can be done to many devices at once; the bar tells how far it is and what could not be done. */
import type { Device, Monitor, Site } from '../../../src/api/contract.ts';
import { api, messageOf, withQuery } from '../../api.ts';
import { confirm } from '../../components/dialog.ts';
import { Select } from '../../components/form.ts';
import { Icon } from '../../components/icon.ts';
import { Progress } from '../../components/page.ts';
import { tell, tellFailure } from '../../components/toast.ts';
import { fetchList, invalidate } from '../../data/resource.ts';
import { count } from '../../format/units.ts';
import { html, useState, type VNode } from '../../html.ts';

interface DeviceActionsProps {
  readonly devices: readonly Device[];
  readonly sites: readonly Site[];
  readonly onDone: () => void;
}

export function DeviceActions({ devices, sites, onDone }: DeviceActionsProps): VNode {
  const [done, setDone] = useState<number | undefined>(undefined);

  const runAll = async (name: string, run: (device: Device) => Promise<unknown>): Promise<void> => {
    setDone(0);
    const failures: string[] = [];
    for (const device of devices) {
      try {
        await run(device);
      } catch (error) {
        failures.push(`${device.name}: ${messageOf(error)}`);
      }
      setDone((value) => (value ?? 0) + 1);
    }
    setDone(undefined);
    invalidate('/devices', '/monitors', '/sites');
    if (failures.length > 0) tellFailure(new Error(`${failures.length} failed. ${failures.slice(0, 3).join(' · ')}`));
    else tell(`${name}: ${count(devices.length, 'device')}.`);
    onDone();
  };
  const move = (site: string) =>
    void runAll(`Moved to ${site}`, (device) => api.patch(`/devices/${device.id}`, { site }));
  const remove = () =>
    confirm({
      title: `Delete ${count(devices.length, 'device')}?`,
      text: 'Their monitors and all that they measured are deleted too. This cannot be undone.',
      action: 'Delete',
      run: () => runAll('Deleted', (device) => api.delete(`/devices/${device.id}?cascade=true`)),
    });

  return html`<div class="bulk" role="region" aria-label="Selected devices">
    <b>${count(devices.length, 'device')} selected</b>
    ${
      done === undefined
        ? html`<button type="button" class="button" onClick=${() => void runAll('Polled', pollAll)}><${Icon} name="refresh" />Poll now</button>
            <${Select}
              name="Move to site"
              value=""
              choices=${[{ value: '', label: 'Move to site …' }, ...sites.map((site) => ({ value: site.name, label: site.name }))]}
              onChange=${(site: string) => site !== '' && move(site)}
            />
            <button type="button" class="button danger" onClick=${remove}><${Icon} name="trash" />Delete</button>
            <button type="button" class="button quiet" onClick=${onDone}>Clear</button>`
        : html`<${Progress} label="Progress" value=${done} max=${devices.length} /><span>${done} of ${devices.length}</span>`
    }
  </div>`;
}

/** Polls every enabled monitor of a device. */
export async function pollAll(device: Pick<Device, 'id'>): Promise<void> {
  const monitors = await fetchList<Monitor>(withQuery('/monitors', { device_id: device.id, enabled: true }));
  for (const monitor of monitors) await api.post(`/monitors/${monitor.id}/poll`);
}
