/** Adds or changes a monitor. The settings of its plugin become fields by the plugin's own schema. */
import type { CredentialProfile, Monitor, MonitorInput, MonitorPatch, Plugin } from '../../../src/api/contract.ts';
import { api } from '../../api.ts';
import { Check, SelectField, TextField } from '../../components/form.ts';
import { FormDialog } from '../../components/form-dialog.ts';
import { tell } from '../../components/toast.ts';
import { numberOf, useForm } from '../../components/use-form.ts';
import { invalidate, useList } from '../../data/resource.ts';
import { html, type VNode } from '../../html.ts';
import { SettingsFields, settingsInput, settingsText } from './settings-fields.ts';

interface MonitorDialogProps {
  readonly deviceId: number;
  readonly monitor?: Monitor;
  readonly onClose: () => void;
}

export function MonitorDialog({ deviceId, monitor, onClose }: MonitorDialogProps): VNode {
  const plugins = useList<Plugin>('/plugins');
  const profiles = useList<CredentialProfile>('/credential-profiles');
  const form = useForm(
    {
      plugin: monitor?.plugin_id ?? '',
      credential: String(monitor?.credential_profile_id ?? ''),
      interval: monitor ? String(monitor.polling_interval) : '',
      enabled: monitor?.enabled ?? true,
      settings: settingsText(monitor?.settings ?? {}),
    },
    async (values) => {
      const settings = settingsInput(plugin?.settings_schema ?? {}, values.settings);
      const interval = numberOf(values.interval);
      const common: MonitorPatch = {
        credential_profile_id: values.credential === '' ? null : Number(values.credential),
        enabled: values.enabled,
        settings,
        ...(interval === undefined ? {} : { polling_interval: interval }),
      };
      if (monitor) await api.patch(`/monitors/${monitor.id}`, common);
      else {
        const input: MonitorInput = { ...common, device_id: deviceId, plugin_id: plugin?.id ?? '' };
        await api.post('/monitors', input);
      }
      invalidate('/monitors', '/devices');
      tell('The monitor is saved.');
      onClose();
    },
  );
  const { values } = form;
  const plugin = (plugins.data ?? []).find((each) => each.id === values.plugin) ?? plugins.data?.[0];
  const types = plugin?.credential_types ?? [];
  const usable = (profiles.data ?? []).filter((profile) => types.includes(profile.type));

  return html`<${FormDialog} title=${monitor ? `Edit monitor ${monitor.plugin_id}` : 'Add monitor'} form=${form} action="Save" onClose=${onClose} isWide>
    <div class="fields">
      ${
        !monitor &&
        html`<${SelectField}
          label="Plugin"
          value=${plugin?.id ?? ''}
          choices=${(plugins.data ?? []).map((each) => ({ value: each.id, label: each.name }))}
          hint=${plugin?.description}
          error=${form.errorAt('plugin_id')}
          onChange=${(value: string) => form.set('plugin', value)}
        />`
      }
      ${
        types.length > 0 &&
        html`<${SelectField}
          label="Credential profile"
          value=${values.credential}
          choices=${[{ value: '', label: 'That of the device' }, ...usable.map((profile) => ({ value: String(profile.id), label: profile.name }))]}
          error=${form.errorAt('credential_profile_id')}
          onChange=${(value: string) => form.set('credential', value)}
        />`
      }
      <${TextField}
        label="Interval (seconds)"
        type="number"
        isOptional
        min=${1}
        placeholder=${plugin ? String(plugin.default_interval_s) : ''}
        value=${values.interval}
        error=${form.errorAt('polling_interval')}
        onInput=${(value: string) => form.set('interval', value)}
      />
      <${SettingsFields}
        schema=${plugin?.settings_schema ?? {}}
        values=${values.settings}
        errorAt=${form.errorAt}
        onChange=${(settings: Readonly<Record<string, string>>) => form.set('settings', settings)}
      />
    </div>
    <${Check} label="Switched on" checked=${values.enabled} onChange=${(value: boolean) => form.set('enabled', value)} />
  <//>`;
}
