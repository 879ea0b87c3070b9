/** Poll now, edit, delete. */
import type { Device } from '../../../src/api/contract.ts';
import { api } from '../../api.ts';
import { confirm } from '../../components/dialog.ts';
import { Icon } from '../../components/icon.ts';
import { attempt, tell } from '../../components/toast.ts';
import { invalidate } from '../../data/resource.ts';
import { may } from '../../data/session.ts';
import { count } from '../../format/units.ts';
import { html, useState, type VNode } from '../../html.ts';
import { navigate } from '../../router.ts';
import { pollDevices } from './bulk-actions.ts';
import { EditDevice } from './edit-device.ts';

export function DeviceActionsBar({ device }: { readonly device: Device }): VNode | null {
  const [isEditing, setEditing] = useState(false);
  const [isPolling, setPolling] = useState(false);
  if (!may('operator')) return null;
  const poll = async () => {
    setPolling(true);
    await attempt(async () => {
      const [failed] = await pollDevices([device.id]);
      if (failed) throw new Error(failed.detail);
    }, `${device.name} was polled.`);
    setPolling(false);
    invalidate('/monitors', `/devices/${device.id}`);
  };
  const remove = () =>
    confirm({
      title: `Delete ${device.name}?`,
      text: `Its ${count(device.monitor_count, 'monitor')} and all that they measured are deleted too. This cannot be undone.`,
      action: 'Delete device',
      run: async () => {
        await api.delete(`/devices/${device.id}?cascade=true`);
        invalidate('/devices', '/monitors', '/sites');
        tell(`${device.name} is deleted.`);
        navigate('/devices');
      },
    });
  return html`<button type="button" class="button" disabled=${isPolling} onClick=${() => void poll()}>
      <${Icon} name="refresh" />${isPolling ? 'Polling …' : 'Poll now'}
    </button>
    <button type="button" class="button" onClick=${() => setEditing(true)}><${Icon} name="edit" />Edit</button>
    <button type="button" class="button danger-quiet" onClick=${remove}><${Icon} name="trash" />Delete</button>
    ${isEditing && html`<${EditDevice} device=${device} onClose=${() => setEditing(false)} />`}`;
}
