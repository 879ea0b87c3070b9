/** Adds a plugin, or changes an added one. */
import type { Plugin, PluginPrograms } from '../../../src/api/contract.ts';
import { api } from '../../api.ts';
import { AreaField, Check, SelectField, TextField } from '../../components/form.ts';
import { FormDialog } from '../../components/form-dialog.ts';
import { tell } from '../../components/toast.ts';
import { useForm } from '../../components/use-form.ts';
import { invalidate, useResource } from '../../data/resource.ts';
import { html, type VNode } from '../../html.ts';
import { FieldRows } from './field-rows.ts';
import { pluginInput, pluginValues } from './plugin-values.ts';
import { ProgramPlace } from './program-place.ts';

const CREDENTIAL_TYPES = [
  ['http_basic', 'User name and password (HTTP basic)'],
  ['winrm', 'WinRM'],
  ['snmp_v2c', 'SNMP v2c'],
  ['snmp_v3', 'SNMP v3'],
  ['snmp_v1', 'SNMP v1'],
] as const;

interface PluginDialogProps {
  readonly plugin?: Plugin;
  readonly onClose: () => void;
}

export function PluginDialog({ plugin, onClose }: PluginDialogProps): VNode {
  const programs = useResource<PluginPrograms>('/plugin-programs');
  const form = useForm(pluginValues(plugin), async (values) => {
    const input = pluginInput(values);
    const saved = plugin
      ? await api.put<Plugin>(`/plugins/${plugin.id}`, input)
      : await api.post<Plugin>('/plugins', input);
    invalidate('/plugins');
    tell(`${saved.name} is saved.`);
    onClose();
  });
  const { values } = form;
  const toggle = (type: string, isOn: boolean) =>
    form.set('credentials', isOn ? [...values.credentials, type] : values.credentials.filter((each) => each !== type));
  return html`<${FormDialog} title=${plugin ? `Edit ${plugin.name}` : 'Add plugin'} form=${form} action="Save" onClose=${onClose} isWide>
    ${programs.data && html`<${ProgramPlace} programs=${programs.data} />`}
    <div class="fields">
      ${
        !plugin &&
        html`<${TextField} label="ID" isFirst isMono hint="Small letters, digits, - and _. It cannot be changed later." placeholder="weather" value=${values.id} error=${form.errorAt('id')} onInput=${(value: string) => form.set('id', value)} />`
      }
      <${TextField} label="Name" isFirst=${plugin !== undefined} placeholder="Weather station" value=${values.name} error=${form.errorAt('name')} onInput=${(value: string) => form.set('name', value)} />
      <${ProgramField} programs=${programs.data} value=${values.executable} error=${form.errorAt('executable')} onChange=${(value: string) => form.set('executable', value)} />
      <${TextField} label="Time limit (seconds)" type="number" min=${1} max=${100} hint="Then it is killed, with all that it has started." value=${values.timeout} error=${form.errorAt('timeout_s')} onInput=${(value: string) => form.set('timeout', value)} />
      <${TextField} label="Polling interval (seconds)" type="number" min=${1} hint="Of new monitors." value=${values.interval} error=${form.errorAt('default_interval_s')} onInput=${(value: string) => form.set('interval', value)} />
      <${TextField} label="Description" isOptional value=${values.description} error=${form.errorAt('description')} onInput=${(value: string) => form.set('description', value)} />
      <${AreaField} label="Arguments" isOptional isMono rows=${3} hint="One a line. There is no shell: nothing is expanded, spaces need no quotes. No secrets: they are shown." value=${values.arguments} error=${form.errorAt('arguments')} onInput=${(value: string) => form.set('arguments', value)} />
      <${AreaField} label="Schema of its settings" isOptional isMono rows=${6} hint="JSON Schema: what a monitor's settings are held against, and what its form is made of." value=${values.schema} error=${form.errorAt('settings_schema')} onInput=${(value: string) => form.set('schema', value)} />
    </div>
    <fieldset class="stack-s">
      <legend>Credential profiles that it can use</legend>
      <p class="soft">None chosen: it gets any, or none.</p>
      <div class="choices">
        ${CREDENTIAL_TYPES.map(
          ([type, label]) =>
            html`<${Check} key=${type} label=${label} checked=${values.credentials.includes(type)} onChange=${(isOn: boolean) => toggle(type, isOn)} />`,
        )}
      </div>
    </fieldset>
    <${FieldRows} fields=${values.fields} errorAt=${form.errorAt} onChange=${(fields: typeof values.fields) => form.set('fields', fields)} />
  <//>`;
}

interface ProgramFieldProps {
  readonly programs: PluginPrograms | undefined;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

/** A choice of what lies in the folder; a text while nothing does, so that the server can say what is missing. */
function ProgramField({ programs, value, error, onChange }: ProgramFieldProps): VNode {
  const files = programs?.data ?? [];
  if (files.length === 0) {
    return html`<${TextField} label="Program" isMono hint="Name of the file." placeholder="weather.sh" value=${value} error=${error} onInput=${onChange} />`;
  }
  const isMissing = value !== '' && !files.some(({ file }) => file === value);
  const choices = [
    ...(value === '' ? [{ value: '', label: 'Choose …' }] : []),
    ...(isMissing ? [{ value, label: `${value} (not there any more)` }] : []),
    ...files.map(({ file, usable }) => ({ value: file, label: usable ? file : `${file} (cannot be run)` })),
  ];
  const problem = files.find(({ file }) => file === value)?.problem ?? undefined;
  return html`<${SelectField} label="Program" value=${value} choices=${choices} error=${error ?? problem} onChange=${onChange} />`;
}
