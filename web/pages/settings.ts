/** Settings of this installation, and how Telltale itself is. */
import type { Settings, SettingsPatch } from '../../src/api/contract.ts';
import { api } from '../api.ts';
import { TextField } from '../components/form.ts';
import { FormProblem } from '../components/form-dialog.ts';
import { Facts, Failure, Loading, PageHead, Panel } from '../components/page.ts';
import { tell } from '../components/toast.ts';
import { requiredNumber, useForm } from '../components/use-form.ts';
import { invalidate, useResource } from '../data/resource.ts';
import { may, useSession } from '../data/session.ts';
import { html, type VNode } from '../html.ts';
import { EngineFigures } from './overview/engine-figures.ts';
import { SelfHealth } from './overview/self-health.ts';

const FIELDS: readonly (readonly [keyof Settings, string, string])[] = [
  ['polling_interval_s', 'Polling interval (seconds)', 'Of new monitors whose plugin has none of its own.'],
  ['offline_after_s', 'Offline after (seconds)', 'Of new devices: so long without a good poll.'],
  ['packets_per_second', 'Packets a second', 'Requests to one device; a fifth of it to industrial ones.'],
  [
    'alert_dedup_window_s',
    'Same incident within (seconds)',
    'An alert that comes back in this time tells nobody twice.',
  ],
];

export function SettingsPage(): VNode {
  const settings = useResource<Settings>('/settings');
  const session = useSession();
  return html`<${PageHead} title="Settings" />
    <div class="columns is-even">
      <div class="stack">
        <${Panel} title="Defaults">
          ${settings.error && html`<${Failure} error=${settings.error} onRetry=${settings.reload} />`}
          ${settings.isLoading && html`<${Loading} />`}
          ${settings.data && html`<${SettingsForm} settings=${settings.data} />`}
        <//>
        <${Panel} title="Grafana, Telegraf, Prometheus">
          <${Facts}
            rows=${[
              [
                'Grafana',
                html`A data source of type Prometheus with the URL <code>${location.origin}</code> and an API key`,
              ],
              [
                'Telegraf',
                html`<code>[[outputs.influxdb_v2]]</code> with <code>urls = ["${location.origin}"]</code> and an API key as token`,
              ],
              ['Prometheus', html`<code>remote_write</code> to <code>${location.origin}/api/v1/write</code>`],
              ['Everything else', html`<a href="/api/docs" target="_blank">The API</a>`],
            ]}
          />
        <//>
      </div>
      <div class="stack">
        <${SelfHealth} />
        <${EngineFigures} />
        <${Panel} title="About"><${Facts} rows=${[['Version', session?.version ?? ''], ['Tenant', session?.me.tenant.name ?? ''], ['Made with', html`<a href="/licences.txt" target="_blank">Preact, htm, uPlot, Inter</a>`]]} /><//>
      </div>
    </div>`;
}

function SettingsForm({ settings }: { readonly settings: Settings }): VNode {
  const initial = Object.fromEntries(FIELDS.map(([key]) => [key, String(settings[key])])) as Record<
    keyof Settings,
    string
  >;
  const form = useForm(initial, async (values) => {
    const patch: SettingsPatch = Object.fromEntries(FIELDS.map(([key]) => [key, requiredNumber(values[key], key)]));
    await api.patch('/settings', patch);
    invalidate('/settings');
    tell('The settings are saved.');
  });
  return html`<form onSubmit=${form.submit} novalidate>
    <fieldset class="stack" disabled=${!may('admin')}>
    ${FIELDS.map(
      ([key, label, hint]) => html`<${TextField}
        key=${key}
        label=${label}
        hint=${hint}
        type="number"
        value=${form.values[key]}
        error=${form.errorAt(key)}
        onInput=${(value: string) => form.set(key, value)}
      />`,
    )}
    <${FormProblem} text=${form.problem} />
    ${may('admin') && html`<div><button type="submit" class="button primary" disabled=${form.isBusy}>Save</button></div>`}
    </fieldset>
  </form>`;
}
