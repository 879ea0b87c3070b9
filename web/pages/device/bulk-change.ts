/** The same change for many devices: what is left as it is, is not sent. */
import type { CredentialProfile, DeviceBulkChange, Site, Template } from '../../../src/api/contract.ts';
import { AreaField, type Choice, SelectField, TextField } from '../../components/form.ts';
import { FormDialog } from '../../components/form-dialog.ts';
import { numberOf, useForm } from '../../components/use-form.ts';
import { useList } from '../../data/resource.ts';
import { has } from '../../data/session.ts';
import { labelsOf } from '../../format/labels.ts';
import { count } from '../../format/units.ts';
import { html, type VNode } from '../../html.ts';

interface BulkChangeProps {
  readonly total: number;
  readonly sites: readonly Site[];
  readonly onClose: () => void;
  readonly onChange: (change: DeviceBulkChange) => void;
}

/** No site, profile or template is called so. */
const SAME = '=';
const NONE = '';
const same: Choice = { value: SAME, label: 'As it is' };

export interface BulkValues {
  readonly site: string;
  readonly credential: string;
  readonly template: string;
  readonly industrial: string;
  readonly offline: string;
  readonly labels: string;
}

const UNCHANGED: BulkValues = {
  site: SAME,
  credential: SAME,
  template: SAME,
  industrial: SAME,
  offline: '',
  labels: '',
};

/** What to send. A label without a value is taken away. */
export function bulkChangeOf(values: BulkValues): DeviceBulkChange {
  const offline = numberOf(values.offline);
  const labels = Object.entries(labelsOf(values.labels)).map(([name, value]) => [name, value === '' ? null : value]);
  return {
    ...(values.site === SAME ? {} : { site: values.site }),
    ...(values.credential === SAME
      ? {}
      : { credential_profile_id: values.credential === NONE ? null : Number(values.credential) }),
    ...(values.template === SAME ? {} : { template: values.template === NONE ? null : values.template }),
    ...(values.industrial === SAME ? {} : { ot: values.industrial === 'yes' }),
    ...(offline === undefined ? {} : { offline_after_s: offline }),
    ...(labels.length === 0 ? {} : { set_labels: Object.fromEntries(labels) }),
  };
}

export function BulkChange({ total, sites, onClose, onChange }: BulkChangeProps): VNode {
  const profiles = useList<CredentialProfile>('/credential-profiles');
  const templates = useList<Template>(has('/templates') ? '/templates' : undefined);
  const form = useForm(UNCHANGED, async (values) => {
    const change = bulkChangeOf(values);
    if (Object.keys(change).length === 0) throw new Error('Nothing is changed yet.');
    onClose();
    onChange(change);
  });
  const { values } = form;
  return html`<${FormDialog} title=${`Change ${count(total, 'device')}`} form=${form} action="Change" onClose=${onClose} isWide>
    <div class="fields">
      <${SelectField}
        label="Site"
        value=${values.site}
        choices=${[same, ...sites.map((site) => ({ value: site.name, label: site.name }))]}
        onChange=${(value: string) => form.set('site', value)}
      />
      <${SelectField}
        label="Credential profile"
        value=${values.credential}
        choices=${[same, { value: NONE, label: 'None' }, ...(profiles.data ?? []).map((profile) => ({ value: String(profile.id), label: profile.name }))]}
        onChange=${(value: string) => form.set('credential', value)}
      />
      <${SelectField}
        label="Template"
        value=${values.template}
        choices=${[same, { value: NONE, label: 'Recognise it' }, ...(templates.data ?? []).map((each) => ({ value: each.id, label: each.name }))]}
        onChange=${(value: string) => form.set('template', value)}
      />
      <${SelectField}
        label="Industrial device"
        hint="Asked gently: a fifth of the packets a second."
        value=${values.industrial}
        choices=${[same, { value: 'yes', label: 'Yes' }, { value: 'no', label: 'No' }]}
        onChange=${(value: string) => form.set('industrial', value)}
      />
      <${TextField}
        label="Offline after (seconds)"
        type="number"
        min=${10}
        isOptional
        placeholder="as it is"
        value=${values.offline}
        onInput=${(value: string) => form.set('offline', value)}
      />
      <${AreaField}
        label="Labels to set"
        isOptional
        isMono
        hint="One a line, name=value; others stay. Without a value, the label is taken away."
        value=${values.labels}
        onInput=${(value: string) => form.set('labels', value)}
      />
    </div>
  <//>`;
}
