/** What can be done to many devices at once; the bar tells how far it is and what could not be done. */
import type {
  Device,
  DeviceBulkDelete,
  DeviceBulkOutcome,
  DeviceBulkPatch,
  DeviceBulkPoll,
  DeviceBulkPollAnswer,
  Site,
} from '../../../src/api/contract.ts';
import { api } from '../../api.ts';
import { confirm } from '../../components/dialog.ts';
import { Icon } from '../../components/icon.ts';
import { Progress } from '../../components/page.ts';
import { tell, tellFailure } from '../../components/toast.ts';
import { invalidate } from '../../data/resource.ts';
import { count } from '../../format/units.ts';
import { html, useState, type VNode } from '../../html.ts';
import { BulkChange } from './bulk-change.ts';

interface DeviceActionsProps {
  readonly devices: readonly Device[];
  readonly sites: readonly Site[];
  readonly onDone: () => void;
}

/** Devices a request: few enough that the bar moves. */
const CHANGED_AT_A_TIME = 200;
const POLLED_AT_A_TIME = 32;

/** Sends some devices; answers what failed, each with its reason. */
type Send = (ids: readonly number[]) => Promise<readonly Failed[]>;
interface Failed {
  readonly id: number;
  readonly detail: string;
}

export function DeviceActions({ devices, sites, onDone }: DeviceActionsProps): VNode {
  const [done, setDone] = useState<number | undefined>(undefined);
  const [isChanging, setChanging] = useState(false);

  const runAll = async (name: string, atATime: number, send: Send): Promise<void> => {
    setDone(0);
    const failures: Failed[] = [];
    try {
      for (let start = 0; start < devices.length; start += atATime) {
        const some = devices.slice(start, start + atATime);
        failures.push(...(await send(some.map((device) => device.id))));
        setDone(start + some.length);
      }
      if (failures.length > 0) tellFailure(new Error(failureText(failures, devices)));
      else tell(`${name}: ${count(devices.length, 'device')}.`);
    } catch (error) {
      tellFailure(error);
    }
    setDone(undefined);
    invalidate('/devices', '/monitors', '/sites');
    onDone();
  };
  const change = (input: DeviceBulkPatch['change']) =>
    void runAll('Changed', CHANGED_AT_A_TIME, async (ids) => {
      const body: DeviceBulkPatch = { ids: [...ids], change: input };
      return failuresOf(await api.patch<DeviceBulkOutcome>('/devices/bulk', body));
    });
  const remove = () =>
    confirm({
      title: `Delete ${count(devices.length, 'device')}?`,
      text: 'Their monitors and all that they measured are deleted too. This cannot be undone.',
      action: 'Delete',
      run: () =>
        runAll('Deleted', CHANGED_AT_A_TIME, async (ids) => {
          const body: DeviceBulkDelete = { ids: [...ids], cascade: true };
          return failuresOf(await api.post<DeviceBulkOutcome>('/devices/bulk/delete', body));
        }),
    });

  return html`<div class="bulk" role="region" aria-label="Selected devices">
    <b>${count(devices.length, 'device')} selected</b>
    ${
      done === undefined
        ? html`<button type="button" class="button" onClick=${() => void runAll('Polled', POLLED_AT_A_TIME, pollDevices)}><${Icon} name="refresh" />Poll now</button>
            <button type="button" class="button" onClick=${() => setChanging(true)}><${Icon} name="edit" />Change …</button>
            <button type="button" class="button danger" onClick=${remove}><${Icon} name="trash" />Delete</button>
            <button type="button" class="button quiet" onClick=${onDone}>Clear</button>`
        : html`<${Progress} label="Progress" value=${done} max=${devices.length} /><span>${done} of ${devices.length}</span>`
    }
    ${isChanging && html`<${BulkChange} total=${devices.length} sites=${sites} onClose=${() => setChanging(false)} onChange=${change} />`}
  </div>`;
}

/** Polls every enabled monitor of some devices. */
export async function pollDevices(ids: readonly number[]): Promise<readonly Failed[]> {
  const body: DeviceBulkPoll = { ids: [...ids] };
  const { results } = await api.post<DeviceBulkPollAnswer>('/devices/bulk/poll', body);
  return results.flatMap(({ id, detail, monitors }) => {
    const reason = detail ?? monitors.find(({ error }) => error !== null)?.error?.message;
    const isLeft = monitors.some(({ state }) => state === 'left');
    if (reason === undefined && !isLeft) return [];
    return [{ id, detail: reason ?? 'there was no time left to poll it: try again' }];
  });
}

const failuresOf = ({ results }: DeviceBulkOutcome): readonly Failed[] =>
  results.flatMap(({ id, detail }) => (detail === undefined ? [] : [{ id, detail }]));

const SHOWN_FAILURES = 3;

function failureText(failures: readonly Failed[], devices: readonly Device[]): string {
  const names = new Map(devices.map((device) => [device.id, device.name]));
  const shown = failures.slice(0, SHOWN_FAILURES).map(({ id, detail }) => `${names.get(id) ?? id}: ${detail}`);
  const rest = failures.length - shown.length;
  return `${failures.length} failed. ${shown.join(' · ')}${rest > 0 ? ` · and ${rest} more` : ''}`;
}
