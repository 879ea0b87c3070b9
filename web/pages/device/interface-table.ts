/** The interfaces of a device: state, speed, traffic now and lately, errors, and which of them are polled. */
import type { Device, DeviceInterface, InterfacesPatch, Monitor } from '../../../src/api/contract.ts';
import { api, withQuery } from '../../api.ts';
import { Sparkline } from '../../charts/sparkline.ts';
import { SearchBox, Select } from '../../components/form.ts';
import { Empty, Failure, Loading } from '../../components/page.ts';
import { type Column, type Selection, Table } from '../../components/table.ts';
import { attempt } from '../../components/toast.ts';
import { invalidate, useList, useResource } from '../../data/resource.ts';
import { may } from '../../data/session.ts';
import { count, formatValue, NOTHING } from '../../format/units.ts';
import { html, useState, type VNode } from '../../html.ts';
import { navigate } from '../../router.ts';
import { type InterfaceRate, useInterfaceRates } from './interface-rates.ts';
import { InterfaceStatus, interfaceStatus } from './interface-status.ts';

const REFRESH_MS = 30_000;
type RateOf = (row: DeviceInterface) => InterfaceRate;

export const interfaceAddress = (deviceId: number, ifname: string): string =>
  `/devices/${deviceId}/interfaces/${encodeURIComponent(ifname)}`;

export function InterfaceTable({ device }: { readonly device: Device }): VNode {
  const path = `/devices/${device.id}/interfaces`;
  const answer = useResource<{ readonly data: readonly DeviceInterface[] }>(path, REFRESH_MS);
  const monitors = useList<Monitor>(withQuery('/monitors', { device_id: device.id, plugin_id: 'snmp' }));
  const rateOf = useInterfaceRates(device.id, monitors.data?.[0]?.polling_interval ?? 10);
  const [text, setText] = useState('');
  const [shown, setShown] = useState('present');
  const [chosen, setChosen] = useState<ReadonlySet<string | number>>(new Set());
  if (answer.error && !answer.data) return html`<${Failure} error=${answer.error} onRetry=${answer.reload} />`;
  if (!answer.data) return html`<${Loading} lines=${8} />`;
  const all = answer.data.data;
  if (all.length === 0) {
    return html`<${Empty} icon="devices" title="No interfaces known" text="They are read by SNMP with the first poll of a device that has them." />`;
  }
  const wanted = text.toLowerCase();
  const rows = all.filter(
    (row) => isShown(row, shown) && [row.name, row.alias, row.descr, row.mac].join('\n').toLowerCase().includes(wanted),
  );
  const setPolled = async (ifnames: readonly string[], polled: boolean | null) => {
    const patch: InterfacesPatch = { interfaces: ifnames.map((ifname) => ({ ifname, polled })) };
    if (await attempt(() => api.patch(path, patch), `${count(ifnames.length, 'interface')} changed.`)) {
      setChosen(new Set());
      invalidate(path);
    }
  };
  const chosenNames = rows.filter((row) => chosen.has(row.ifname)).map((row) => row.ifname);
  const selection: Selection | undefined = may('operator') ? { keys: chosen, set: setChosen } : undefined;

  return html`<div class="filters">
      <${SearchBox} value=${text} onInput=${setText} placeholder="Filter by name, alias, description, MAC" />
      <${Select}
        name="Which interfaces"
        value=${shown}
        onChange=${setShown}
        choices=${[
          { value: 'present', label: `All ${all.filter((row) => !row.gone).length}` },
          { value: 'polled', label: 'Polled' },
          { value: 'up', label: 'Up' },
          { value: 'down', label: 'Down, but switched on' },
          { value: 'gone', label: 'Gone' },
        ]}
      />
    </div>
    ${
      rows.length === 0
        ? html`<${Empty} icon="search" title="No interface fits the filter" />`
        : html`<${Table}
            label="Interfaces"
            columns=${columnsOf(device.id, rateOf)}
            rows=${rows}
            keyOf=${(row: DeviceInterface) => row.ifname}
            onOpen=${(row: DeviceInterface) => navigate(interfaceAddress(device.id, row.ifname))}
            selection=${selection}
          />`
    }
    ${
      chosenNames.length > 0 &&
      html`<div class="bulk" role="region" aria-label="Selected interfaces">
        <b>${count(chosenNames.length, 'interface')} selected</b>
        <button type="button" class="button" onClick=${() => void setPolled(chosenNames, true)}>Poll</button>
        <button type="button" class="button" onClick=${() => void setPolled(chosenNames, false)}>Do not poll</button>
        <button type="button" class="button" onClick=${() => void setPolled(chosenNames, null)}>As the template says</button>
        <button type="button" class="button quiet" onClick=${() => setChosen(new Set())}>Clear</button>
      </div>`
    }`;
}

function isShown(row: DeviceInterface, shown: string): boolean {
  if (shown === 'gone') return row.gone;
  if (row.gone) return false;
  if (shown === 'polled') return row.polled;
  if (shown === 'up') return row.oper_status === 1;
  if (shown === 'down') return interfaceStatus(row).mark === 'offline';
  return true;
}

function columnsOf(deviceId: number, rateOf: RateOf): readonly Column<DeviceInterface>[] {
  return [
    {
      key: 'status',
      label: 'Status',
      sortBy: (row) => interfaceStatus(row).word,
      render: (row) => html`<${InterfaceStatus} row=${row} />`,
    },
    {
      key: 'name',
      label: 'Name',
      isName: true,
      sortBy: (row) => row.name,
      render: (row) => html`<a href=${interfaceAddress(deviceId, row.ifname)}>${row.name || row.ifname}</a>`,
    },
    { key: 'alias', label: 'Alias', sortBy: (row) => row.alias, render: (row) => row.alias || NOTHING },
    {
      key: 'speed',
      label: 'Speed',
      isNumber: true,
      sortBy: (row) => row.speed_bits_per_second,
      render: (row) =>
        row.speed_bits_per_second > 0 ? formatValue(row.speed_bits_per_second, 'bitsPerSecond') : NOTHING,
    },
    {
      key: 'in',
      label: 'In',
      isNumber: true,
      sortBy: (row) => rateOf(row).inBps,
      render: (row) => html`<${Rate} bps=${rateOf(row).inBps} speed=${row.speed_bits_per_second} />`,
    },
    {
      key: 'out',
      label: 'Out',
      isNumber: true,
      sortBy: (row) => rateOf(row).outBps,
      render: (row) => html`<${Rate} bps=${rateOf(row).outBps} speed=${row.speed_bits_per_second} />`,
    },
    {
      key: 'trend',
      label: '30 min',
      hide: 'medium',
      render: (row) => html`<${Sparkline} values=${rateOf(row).trend} />`,
    },
    {
      key: 'errors',
      label: 'Errors, discards',
      isNumber: true,
      sortBy: (row) => rateOf(row).errorsPerSecond,
      render: (row) => html`<${Errors} perSecond=${rateOf(row).errorsPerSecond} />`,
    },
    {
      key: 'polled',
      label: 'Polled',
      hide: 'medium',
      sortBy: (row) => Number(row.polled),
      render: (row) => (row.polled ? 'yes' : html`<span class="muted">no</span>`),
    },
  ];
}

/** A rate with a bar of how much of the speed it takes. */
function Rate({ bps, speed }: { readonly bps: number | undefined; readonly speed: number }): VNode {
  const share = bps === undefined || speed <= 0 ? 0 : Math.min(1, bps / speed);
  const level = share > 0.9 ? 'is-critical' : share > 0.7 ? 'is-warning' : '';
  return html`<span class=${`rate ${level}`} title=${speed > 0 && bps !== undefined ? `${(share * 100).toFixed(1)} % of the speed` : undefined}>
    ${formatValue(bps, 'bitsPerSecond')}<i style=${{ width: `${Math.round(share * 100)}%` }}></i>
  </span>`;
}

function Errors({ perSecond }: { readonly perSecond: number | undefined }): VNode {
  if (perSecond === undefined) return html`<span class="muted">${NOTHING}</span>`;
  if (perSecond === 0) return html`<span class="muted">0</span>`;
  return html`<b class="status is-warning">${formatValue(perSecond, 'perSecond')}</b>`;
}
