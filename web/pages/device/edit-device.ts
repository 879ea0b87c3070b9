/** Changes a device. Its history stays: names and labels are joined when values are read. */
import type { CredentialProfile, Device, DevicePatch, Site, Template } from '../../../src/api/contract.ts';
import { api } from '../../api.ts';
import { AreaField, Check, SelectField, TextField } from '../../components/form.ts';
import { FormDialog } from '../../components/form-dialog.ts';
import { tell } from '../../components/toast.ts';
import { requiredNumber, textOf, useForm } from '../../components/use-form.ts';
import { invalidate, useList } from '../../data/resource.ts';
import { has } from '../../data/session.ts';
import { labelsOf, labelsText } from '../../format/labels.ts';
import { html, type VNode } from '../../html.ts';

export function EditDevice({ device, onClose }: { readonly device: Device; readonly onClose: () => void }): VNode {
  const sites = useList<Site>('/sites');
  const profiles = useList<CredentialProfile>('/credential-profiles');
  const templates = useList<Template>(has('/templates') ? '/templates' : undefined);
  const form = useForm(
    {
      name: device.name,
      address: device.address,
      site: device.site,
      contact: device.contact,
      template: device.template ?? '',
      credential: String(device.credential_profile_id ?? ''),
      offline: String(device.offline_after_s),
      ot: device.ot,
      labels: labelsText(device.labels),
    },
    async (values) => {
      const name = textOf(values.name);
      const patch: DevicePatch = {
        ...(name === undefined ? {} : { name }),
        address: values.address.trim(),
        site: values.site,
        contact: values.contact.trim(),
        template: values.template || null,
        credential_profile_id: values.credential === '' ? null : Number(values.credential),
        offline_after_s: requiredNumber(values.offline, 'offline_after_s'),
        ot: values.ot,
        labels: labelsOf(values.labels),
      };
      await api.patch(`/devices/${device.id}`, patch);
      invalidate('/devices', '/monitors', '/sites');
      tell(`${values.name} is saved.`);
      onClose();
    },
  );
  const { values } = form;
  return html`<${FormDialog} title=${`Edit ${device.name}`} form=${form} action="Save" onClose=${onClose} isWide>
    <div class="fields">
      <${TextField} label="Name" isFirst value=${values.name} error=${form.errorAt('name')} onInput=${(value: string) => form.set('name', value)} />
      <${TextField} label="Address" isMono value=${values.address} error=${form.errorAt('address')} onInput=${(value: string) => form.set('address', value)} />
      <${SelectField}
        label="Site"
        value=${values.site}
        choices=${(sites.data ?? []).map((site) => ({ value: site.name, label: site.name }))}
        onChange=${(value: string) => form.set('site', value)}
      />
      <${SelectField}
        label="Credential profile"
        value=${values.credential}
        choices=${[{ value: '', label: 'None' }, ...(profiles.data ?? []).map((profile) => ({ value: String(profile.id), label: profile.name }))]}
        error=${form.errorAt('credential_profile_id')}
        onChange=${(value: string) => form.set('credential', value)}
      />
      <${SelectField}
        label="Template"
        value=${values.template}
        choices=${[{ value: '', label: 'Recognise it' }, ...(templates.data ?? []).map((each) => ({ value: each.id, label: each.name }))]}
        error=${form.errorAt('template')}
        onChange=${(value: string) => form.set('template', value)}
      />
      <${TextField} label="Contact" isOptional value=${values.contact} error=${form.errorAt('contact')} onInput=${(value: string) => form.set('contact', value)} />
      <${TextField}
        label="Offline after (seconds)"
        type="number"
        min=${10}
        hint="So long without a good poll."
        value=${values.offline}
        error=${form.errorAt('offline_after_s')}
        onInput=${(value: string) => form.set('offline', value)}
      />
      <${AreaField}
        label="Labels"
        isOptional
        isMono
        hint="One a line, name=value. They work in queries and rules."
        value=${values.labels}
        error=${form.errorAt('labels')}
        onInput=${(value: string) => form.set('labels', value)}
      />
    </div>
    <${Check} label="Industrial device" hint="Asked gently: a fifth of the packets a second." checked=${values.ot} onChange=${(value: boolean) => form.set('ot', value)} />
  <//>`;
}
