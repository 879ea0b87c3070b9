/** Makes or changes a discovery profile. */
import type {
  CredentialProfile,
  DiscoveryProfile,
  DiscoveryProfileInput,
  Site,
  Template,
} from '../../../src/api/contract.ts';
import { api } from '../../api.ts';
import { AreaField, Check, SelectField, TextField } from '../../components/form.ts';
import { FormDialog } from '../../components/form-dialog.ts';
import { tell } from '../../components/toast.ts';
import { textOf, useForm } from '../../components/use-form.ts';
import { invalidate, useList } from '../../data/resource.ts';
import { html, type VNode } from '../../html.ts';
import { CREDENTIAL_TYPE_NAMES } from '../credential/credential-form.ts';
import { ImportFields, type RuleText, ruleOfText, textOfRule } from './import-fields.ts';

const PATH = '/discovery-profiles';

export function ProfileDialog({
  profile,
  onClose,
}: {
  readonly profile?: DiscoveryProfile;
  readonly onClose: () => void;
}): VNode {
  const sites = useList<Site>('/sites');
  const credentials = useList<CredentialProfile>('/credential-profiles');
  const templates = useList<Template>('/templates');
  const form = useForm(
    {
      name: profile?.name ?? '',
      subnet: profile?.subnet ?? '',
      exclude: profile?.exclude ?? '',
      credentials: profile?.credential_profile_ids,
      site: profile?.site ?? 'default',
      schedule: profile?.schedule ?? '',
      port_scan: profile?.port_scan ?? false,
      tcp_ports: (profile?.tcp_ports ?? []).join(', '),
      auto_import: profile?.auto_import ?? false,
      rule: textOfRule(profile?.import_rule),
      runNow: profile === undefined,
    },
    async (values) => {
      const input: DiscoveryProfileInput = {
        name: textOf(values.name) ?? values.subnet.trim(),
        subnet: values.subnet.trim(),
        exclude: textOf(values.exclude) ?? null,
        credential_profile_ids: [...chosen],
        site: values.site,
        schedule: textOf(values.schedule) ?? null,
        port_scan: values.port_scan,
        tcp_ports: values.tcp_ports
          .split(/[\s,;]+/)
          .filter(Boolean)
          .map(Number),
        auto_import: values.auto_import,
        import_rule: values.auto_import ? ruleOfText(values.rule, profile?.import_rule) : null,
      };
      const saved = profile
        ? await api.put<DiscoveryProfile>(`${PATH}/${profile.id}`, input)
        : await api.post<DiscoveryProfile>(PATH, input);
      if (values.runNow) await api.post(`${PATH}/${saved.id}/run`);
      invalidate(PATH, '/discovery-runs');
      tell(values.runNow ? `${saved.name} is being scanned.` : `${saved.name} is saved.`);
      onClose();
    },
  );
  const { values } = form;
  // A new scan tries all that there are, until somebody chooses.
  const chosen = values.credentials ?? (credentials.data ?? []).map((each) => each.id);
  const toggle = (id: number) =>
    form.set('credentials', chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]);
  return html`<${FormDialog} title=${profile ? `Edit ${profile.name}` : 'New scan'} form=${form} action=${values.runNow ? 'Save and run' : 'Save'} onClose=${onClose} isWide>
    <${AreaField}
      label="Addresses"
      isMono
      rows=${2}
      placeholder="10.0.0.0/24, 10.0.1.5-10.0.1.20, switch.plant.example"
      hint="Networks, ranges and single addresses, separated by commas."
      value=${values.subnet}
      error=${form.errorAt('subnet')}
      onInput=${(value: string) => form.set('subnet', value)}
    />
    <div class="fields">
      <${TextField} label="Name" isOptional placeholder=${values.subnet || 'Plant network'} value=${values.name} error=${form.errorAt('name')} onInput=${(value: string) => form.set('name', value)} />
      <${SelectField}
        label="Site"
        value=${values.site}
        choices=${(sites.data ?? []).map((site) => ({ value: site.name, label: site.name }))}
        error=${form.errorAt('site')}
        onChange=${(value: string) => form.set('site', value)}
      />
      <${TextField} label="Leave out" isOptional isMono placeholder="10.0.0.200-10.0.0.254" value=${values.exclude} error=${form.errorAt('exclude')} onInput=${(value: string) => form.set('exclude', value)} />
      <${TextField} label="Other TCP ports" isOptional isMono placeholder="102, 502" hint="What accepts a connection there counts as found." value=${values.tcp_ports} error=${form.errorAt('tcp_ports')} onInput=${(value: string) => form.set('tcp_ports', value)} />
      <${TextField} label="Schedule" isOptional isMono placeholder="0 6 * * 1" hint="A cron expression in the site's time zone; by hand without." value=${values.schedule} error=${form.errorAt('schedule')} onInput=${(value: string) => form.set('schedule', value)} />
    </div>
    <fieldset class="stack-s">
      <legend>Asked with, in this order</legend>
      ${credentials.data?.length === 0 && html`<p class="muted">There is no credential profile yet: devices are only pinged. <a href="/credentials">Make one</a></p>`}
      ${(credentials.data ?? []).map((each) => {
        const at = chosen.indexOf(each.id);
        const label = `${each.name} (${CREDENTIAL_TYPE_NAMES[each.type]})`;
        return html`<${Check} key=${each.id} label=${at === -1 ? label : `${at + 1}. ${label}`} checked=${at !== -1} onChange=${() => toggle(each.id)} />`;
      })}
    </fieldset>
    <${Check} label="Also ask the Windows ports" hint="135, 5985 and 5986." checked=${values.port_scan} onChange=${(value: boolean) => form.set('port_scan', value)} />
    <${Check} label="Import by itself" hint="Every device that answers to a credential profile." checked=${values.auto_import} onChange=${(value: boolean) => form.set('auto_import', value)} />
    ${
      values.auto_import &&
      html`<${ImportFields} value=${values.rule} templates=${(templates.data ?? []).map((each) => each.id)} errorAt=${form.errorAt} onChange=${(value: RuleText) => form.set('rule', value)} />`
    }
    <${Check} label="Run now" checked=${values.runNow} onChange=${(value: boolean) => form.set('runNow', value)} />
  <//>`;
}
