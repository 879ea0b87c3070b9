/** Monitors: what is asked, how often, when it last went well, and what went wrong. */
import type { Monitor, PollResult } from '../../../src/api/contract.ts';
import { api } from '../../api.ts';
import { confirm } from '../../components/dialog.ts';
import { RowActions } from '../../components/row-actions.ts';
import { type Health, Mark } from '../../components/status.ts';
import { type Column, Table } from '../../components/table.ts';
import { RelativeTime } from '../../components/time.ts';
import { tell, tellFailure } from '../../components/toast.ts';
import { invalidate } from '../../data/resource.ts';
import { may } from '../../data/session.ts';
import { formatDuration } from '../../format/units.ts';
import { html, useState, type VNode } from '../../html.ts';
import { MonitorDialog } from './monitor-dialog.ts';
import { PollDialog } from './poll-dialog.ts';

interface MonitorTableProps {
  readonly monitors: readonly Monitor[];
  readonly hasDevice: boolean;
}

type Judged = 'off' | 'failing' | 'good' | 'waiting';

/** The last attempt decides. */
export function judgeMonitor(
  monitor: Pick<Monitor, 'enabled' | 'last_polled' | 'last_error' | 'last_error_at'>,
): Judged {
  if (!monitor.enabled) return 'off';
  if (monitor.last_error !== null && (monitor.last_error_at ?? '') >= (monitor.last_polled ?? '')) return 'failing';
  return monitor.last_polled === null ? 'waiting' : 'good';
}

const WORDS: Readonly<Record<Judged, readonly [string, Health]>> = {
  off: ['Switched off', 'maintenance'],
  failing: ['Failing', 'critical'],
  good: ['Good', 'healthy'],
  waiting: ['Waiting', 'discovering'],
};

export function MonitorState({ monitor }: { readonly monitor: Monitor }): VNode {
  const [word, mark] = WORDS[judgeMonitor(monitor)];
  return html`<span class=${`status is-${mark}`}><${Mark} of=${mark} />${word}</span>`;
}

export function MonitorTable({ monitors, hasDevice }: MonitorTableProps): VNode {
  const [edited, setEdited] = useState<Monitor | undefined>(undefined);
  const [result, setResult] = useState<PollResult | undefined>(undefined);
  const [polling, setPolling] = useState<number | undefined>(undefined);
  const poll = async (monitor: Monitor) => {
    setPolling(monitor.id);
    try {
      setResult(await api.post<PollResult>(`/monitors/${monitor.id}/poll`));
      invalidate('/monitors');
    } catch (error) {
      tellFailure(error);
    } finally {
      setPolling(undefined);
    }
  };
  const device: Column<Monitor> = {
    key: 'device',
    label: 'Device',
    isName: true,
    sortBy: (row) => row.device,
    render: (row) => html`<a href=${`/devices/${row.device_id}?tab=monitors`}>${row.device}</a>`,
  };
  const columns: readonly Column<Monitor>[] = [
    { key: 'state', label: 'State', sortBy: judgeMonitor, render: (row) => html`<${MonitorState} monitor=${row} />` },
    ...(hasDevice ? [device] : []),
    {
      key: 'plugin',
      label: 'Plugin',
      isName: !hasDevice,
      sortBy: (row) => row.plugin_id,
      render: (row) => row.plugin_id,
    },
    {
      key: 'interval',
      label: 'Interval',
      isNumber: true,
      sortBy: (row) => row.polling_interval,
      render: (row) => formatDuration(row.polling_interval),
    },
    {
      key: 'polled',
      label: 'Last good poll',
      sortBy: (row) => row.last_polled,
      render: (row) => html`<${RelativeTime} at=${row.last_polled} never="never" />`,
    },
    {
      key: 'attempted',
      label: 'Last attempt',
      hide: 'medium',
      sortBy: (row) => row.last_attempted,
      render: (row) => html`<${RelativeTime} at=${row.last_attempted} never="never" />`,
    },
    {
      key: 'error',
      label: 'Last error',
      sortBy: (row) => row.last_error_at,
      render: (row) => html`<${LastError} monitor=${row} />`,
    },
    {
      key: 'actions',
      label: '',
      render: (row) =>
        may('operator') &&
        html`<${RowActions} name=${`${row.plugin_id} of ${row.device}`} onEdit=${() => setEdited(row)} onDelete=${() => remove(row)}>
          <button type="button" class="button small" disabled=${polling !== undefined} onClick=${() => void poll(row)}>
            ${polling === row.id ? 'Polling …' : 'Poll now'}
          </button>
        <//>`,
    },
  ];
  return html`<${Table} label="Monitors" columns=${columns} rows=${monitors} keyOf=${(row: Monitor) => row.id} />
    ${edited && html`<${MonitorDialog} monitor=${edited} deviceId=${edited.device_id} onClose=${() => setEdited(undefined)} />`}
    ${result && html`<${PollDialog} result=${result} onClose=${() => setResult(undefined)} />`}`;
}

function LastError({ monitor }: { readonly monitor: Monitor }): VNode {
  if (monitor.last_error === null) return html`<span class="muted">none</span>`;
  const isNow = judgeMonitor(monitor) === 'failing';
  return html`<span class=${isNow ? 'soft break' : 'muted break'}>${monitor.last_error} <small>(<${RelativeTime} at=${monitor.last_error_at} />)</small></span>`;
}

function remove(monitor: Monitor): void {
  confirm({
    title: `Delete the monitor ${monitor.plugin_id} of ${monitor.device}?`,
    text: 'All that it measured is deleted too. This cannot be undone.',
    action: 'Delete monitor',
    run: async () => {
      await api.delete(`/monitors/${monitor.id}`);
      invalidate('/monitors', '/devices');
      tell('The monitor is deleted.');
    },
  });
}
