/** Channels: how people are told. */
import type { Channel, ChannelTestResult } from '../../src/api/contract.ts';
import { api } from '../api.ts';
import { confirm } from '../components/dialog.ts';
import { Icon } from '../components/icon.ts';
import { Listing } from '../components/listing.ts';
import { RowActions } from '../components/row-actions.ts';
import { Mark } from '../components/status.ts';
import type { Column } from '../components/table.ts';
import { RelativeTime } from '../components/time.ts';
import { tell, tellFailure } from '../components/toast.ts';
import { invalidate, useList } from '../data/resource.ts';
import { may } from '../data/session.ts';
import { html, useState, type VNode } from '../html.ts';
import { ChannelDialog } from './channel/channel-dialog.ts';

const PATH = '/channels';
const TYPES: Readonly<Record<Channel['type'], string>> = { email: 'E-mail', webhook: 'Webhook' };

export function Channels(): VNode {
  const channels = useList<Channel>(PATH, 30_000);
  const [open, setOpen] = useState<{ readonly channel?: Channel } | undefined>(undefined);
  const [testing, setTesting] = useState<number | undefined>(undefined);
  const test = async (channel: Channel) => {
    setTesting(channel.id);
    try {
      const result = await api.post<ChannelTestResult>(`${PATH}/${channel.id}/test`);
      if (result.ok) tell(`${channel.name}: ${result.message}`);
      else tellFailure(new Error(`${channel.name}: ${result.message}`));
    } catch (error) {
      tellFailure(error);
    } finally {
      setTesting(undefined);
      invalidate(PATH);
    }
  };
  const columns: readonly Column<Channel>[] = [
    { key: 'state', label: 'State', sortBy: stateWord, render: (row) => html`<${ChannelState} channel=${row} />` },
    { key: 'name', label: 'Name', isName: true, sortBy: (row) => row.name, render: (row) => row.name },
    { key: 'type', label: 'Type', sortBy: (row) => row.type, render: (row) => TYPES[row.type] },
    { key: 'to', label: 'To', render: (row) => html`<span class="break">${targetOf(row)}</span>` },
    { key: 'severity', label: 'From severity', sortBy: (row) => row.min_severity, render: (row) => row.min_severity },
    {
      key: 'sent',
      label: 'Last sent',
      sortBy: (row) => row.last_sent_at,
      render: (row) => html`<${RelativeTime} at=${row.last_sent_at} never="never" />`,
    },
    {
      key: 'actions',
      label: '',
      render: (row) =>
        may('operator') &&
        html`<${RowActions} name=${row.name} ...${may('admin') ? { onEdit: () => setOpen({ channel: row }), onDelete: () => remove(row) } : {}}>
          <button type="button" class="button small" disabled=${testing !== undefined} onClick=${() => void test(row)}>
            ${testing === row.id ? 'Sending …' : 'Send test'}
          </button>
        <//>`,
    },
  ];
  return html`<${Listing}
      title="Channels"
      note="How people are told when an alert fires and when it is over."
      resource=${channels}
      columns=${columns}
      keyOf=${(row: Channel) => row.id}
      empty=${{ icon: 'channels', title: 'Nobody is told yet', text: 'Alerts are only shown here until there is a channel.' }}
      actions=${may('admin') && html`<button type="button" class="button primary" onClick=${() => setOpen({})}><${Icon} name="plus" />New channel</button>`}
    />
    ${open && html`<${ChannelDialog} channel=${open.channel} onClose=${() => setOpen(undefined)} />`}`;
}

function stateWord(channel: Channel): 'Switched off' | 'Failing' | 'Good' {
  if (!channel.enabled) return 'Switched off';
  return channel.last_error !== null && (channel.last_error_at ?? '') >= (channel.last_sent_at ?? '')
    ? 'Failing'
    : 'Good';
}

function ChannelState({ channel }: { readonly channel: Channel }): VNode {
  const word = stateWord(channel);
  const mark = word === 'Good' ? 'healthy' : word === 'Failing' ? 'critical' : 'maintenance';
  return html`<span class=${`status is-${mark}`}><${Mark} of=${mark} />${word}</span>
    ${word === 'Failing' && html`<p class="soft break">${channel.last_error}</p>`}`;
}

function targetOf(channel: Channel): string {
  const { to, url } = channel.config;
  if (Array.isArray(to)) return to.join(', ');
  return typeof url === 'string' ? url : '';
}

function remove(channel: Channel): void {
  confirm({
    title: `Delete ${channel.name}?`,
    text: 'Nobody is told through it any more.',
    action: 'Delete channel',
    run: async () => {
      await api.delete(`${PATH}/${channel.id}`);
      invalidate(PATH);
      tell(`${channel.name} is deleted.`);
    },
  });
}
