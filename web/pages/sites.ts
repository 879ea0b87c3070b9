/** Sites: the places that devices belong to. */
import type { DeviceSummary, Site, SiteInput } from '../../src/api/contract.ts';
import { api } from '../api.ts';
import { confirm } from '../components/dialog.ts';
import { AreaField, TextField } from '../components/form.ts';
import { FormDialog } from '../components/form-dialog.ts';
import { Icon } from '../components/icon.ts';
import { Listing } from '../components/listing.ts';
import { RowActions } from '../components/row-actions.ts';
import { HealthStatus } from '../components/status.ts';
import type { Column } from '../components/table.ts';
import { tell } from '../components/toast.ts';
import { useForm } from '../components/use-form.ts';
import { invalidate, useList, useResource } from '../data/resource.ts';
import { may } from '../data/session.ts';
import { NOTHING } from '../format/units.ts';
import { html, useState, type VNode } from '../html.ts';

const PATH = '/sites';

export function Sites(): VNode {
  const sites = useList<Site>(PATH);
  const summary = useResource<DeviceSummary>('/devices/summary');
  const [open, setOpen] = useState<{ readonly site?: Site } | undefined>(undefined);
  const worstOf = (site: Site) => summary.data?.by_site.find((each) => each.site_id === site.id)?.worst;
  const columns: readonly Column<Site>[] = [
    {
      key: 'worst',
      label: 'Worst health',
      render: (row) => (worstOf(row) ? html`<${HealthStatus} health=${worstOf(row)} />` : NOTHING),
    },
    {
      key: 'name',
      label: 'Name',
      isName: true,
      sortBy: (row) => row.name,
      render: (row) => html`<a href=${`/devices?site=${encodeURIComponent(row.name)}`}>${row.name}</a>`,
    },
    {
      key: 'devices',
      label: 'Devices',
      isNumber: true,
      sortBy: (row) => row.device_count,
      render: (row) => row.device_count,
    },
    { key: 'zone', label: 'Time zone', sortBy: (row) => row.time_zone, render: (row) => row.time_zone },
    { key: 'description', label: 'Description', hide: 'small', render: (row) => row.description || NOTHING },
    {
      key: 'actions',
      label: '',
      render: (row) =>
        may('operator') &&
        html`<${RowActions} name=${row.name} onEdit=${() => setOpen({ site: row })} onDelete=${() => remove(row)} />`,
    },
  ];
  return html`<${Listing}
      title="Sites"
      note="Plants, branches, buildings. An address is unique within its site."
      resource=${sites}
      columns=${columns}
      keyOf=${(row: Site) => row.id}
      sort="name"
      empty=${{ icon: 'sites', title: 'No sites yet' }}
      actions=${may('operator') && html`<button type="button" class="button primary" onClick=${() => setOpen({})}><${Icon} name="plus" />New site</button>`}
    />
    ${open && html`<${SiteDialog} site=${open.site} onClose=${() => setOpen(undefined)} />`}`;
}

function SiteDialog({ site, onClose }: { readonly site?: Site; readonly onClose: () => void }): VNode {
  const form = useForm(
    {
      name: site?.name ?? '',
      time_zone: site?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      description: site?.description ?? '',
    },
    async (values) => {
      const input: SiteInput = values;
      if (site) await api.put(`${PATH}/${site.id}`, input);
      else await api.post(PATH, input);
      invalidate(PATH, '/devices');
      tell(`${values.name} is saved.`);
      onClose();
    },
  );
  const { values } = form;
  return html`<${FormDialog} title=${site ? `Edit ${site.name}` : 'New site'} form=${form} action="Save" onClose=${onClose}>
    <${TextField} label="Name" isFirst value=${values.name} error=${form.errorAt('name')} onInput=${(value: string) => form.set('name', value)} />
    <${TextField}
      label="Time zone"
      list=${Intl.supportedValuesOf('timeZone')}
      hint="Of its scans, and of the times in messages about its devices."
      value=${values.time_zone}
      error=${form.errorAt('time_zone')}
      onInput=${(value: string) => form.set('time_zone', value)}
    />
    <${AreaField} label="Description" isOptional value=${values.description} error=${form.errorAt('description')} onInput=${(value: string) => form.set('description', value)} />
  <//>`;
}

function remove(site: Site): void {
  confirm({
    title: `Delete ${site.name}?`,
    text: 'A site that still has devices cannot be deleted.',
    action: 'Delete site',
    run: async () => {
      await api.delete(`${PATH}/${site.id}`);
      invalidate(PATH);
      tell(`${site.name} is deleted.`);
    },
  });
}
