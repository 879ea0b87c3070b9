/** Makes or changes an alert rule, and tries its expression before it is saved. */
import type { AlertRule, AlertRuleInput, Channel } from '../../../src/api/contract.ts';
import { api } from '../../api.ts';
import { AreaField, Check, SelectField, TextField } from '../../components/form.ts';
import { FormDialog } from '../../components/form-dialog.ts';
import { tell } from '../../components/toast.ts';
import { numberOf, textOf, useForm } from '../../components/use-form.ts';
import { invalidate, useList } from '../../data/resource.ts';
import { labelsOf, labelsText } from '../../format/labels.ts';
import { html, type VNode } from '../../html.ts';
import { ExpressionTest } from './expression-test.ts';

const SEVERITIES = [
  { value: 'critical', label: 'Critical' },
  { value: 'warning', label: 'Warning' },
  { value: 'info', label: 'Info' },
];

export function RuleDialog({ rule, onClose }: { readonly rule?: AlertRule; readonly onClose: () => void }): VNode {
  const channels = useList<Channel>('/channels');
  const form = useForm(
    {
      name: rule?.name ?? '',
      expression: rule?.expression ?? '',
      for_s: String(rule?.for_s ?? 60),
      severity: rule?.severity ?? ('warning' as AlertRule['severity']),
      summary: rule?.annotations.summary ?? '',
      description: rule?.annotations.description ?? '',
      labels: labelsText(rule?.labels ?? {}),
      enabled: rule?.enabled ?? true,
      isForAll: (rule?.channel_ids ?? null) === null,
      channels: new Set<number>(rule?.channel_ids ?? []),
    },
    async (values) => {
      const input: AlertRuleInput = {
        name: values.name,
        expression: values.expression,
        for_s: numberOf(values.for_s) ?? 0,
        severity: values.severity,
        labels: labelsOf(values.labels),
        annotations: {
          ...otherAnnotations(rule),
          ...(textOf(values.summary) ? { summary: values.summary.trim() } : {}),
          ...(textOf(values.description) ? { description: values.description.trim() } : {}),
        },
        enabled: values.enabled,
        channel_ids: values.isForAll ? null : [...values.channels],
      };
      if (rule) await api.put(`/alert-rules/${rule.id}`, input);
      else await api.post('/alert-rules', input);
      invalidate('/alert-rules');
      tell(`${values.name} is saved.`);
      onClose();
    },
  );
  const { values } = form;
  const toggleChannel = (id: number) => {
    const next = new Set(values.channels);
    if (!next.delete(id)) next.add(id);
    form.set('channels', next);
  };

  return html`<${FormDialog} title=${rule ? `Edit ${rule.name}` : 'New alert rule'} form=${form} action="Save" onClose=${onClose} isWide>
    <${TextField} label="Name" isFirst value=${values.name} error=${form.errorAt('name')} onInput=${(value: string) => form.set('name', value)} />
    <${AreaField}
      label="Expression"
      isMono
      rows=${3}
      placeholder='avg_over_time(icmp_loss_percent[5m]) > 10'
      hint="PromQL. Every series that it returns is an alert, with the labels of the series."
      value=${values.expression}
      error=${form.errorAt('expression')}
      onInput=${(value: string) => form.set('expression', value)}
    />
    <${ExpressionTest} expression=${values.expression} />
    <div class="fields">
      <${SelectField} label="Severity" value=${values.severity} choices=${SEVERITIES} onChange=${(value: string) => form.set('severity', value as AlertRule['severity'])} />
      <${TextField}
        label="For (seconds)"
        type="number"
        min=${0}
        hint="So long it must last before anyone is told."
        value=${values.for_s}
        error=${form.errorAt('for_s')}
        onInput=${(value: string) => form.set('for_s', value)}
      />
    </div>
    <${TextField}
      label="Summary"
      isOptional
      placeholder="{{ $labels.device }} loses {{ $value }} % of pings"
      hint="The first line of the message. {{ $labels.NAME }} and {{ $value }} are filled in."
      value=${values.summary}
      error=${form.errorAt('annotations.summary')}
      onInput=${(value: string) => form.set('summary', value)}
    />
    <${AreaField} label="Description" isOptional rows=${2} hint="What to do about it." value=${values.description} onInput=${(value: string) => form.set('description', value)} />
    <${AreaField} label="Labels" isOptional isMono rows=${2} hint="One a line, name=value." value=${values.labels} error=${form.errorAt('labels')} onInput=${(value: string) => form.set('labels', value)} />
    <fieldset class="stack-s">
      <legend>Told by</legend>
      <${Check} label="Every channel" checked=${values.isForAll} onChange=${(value: boolean) => form.set('isForAll', value)} />
      ${
        !values.isForAll &&
        (channels.data ?? []).map(
          (channel) =>
            html`<${Check} key=${channel.id} label=${channel.name} checked=${values.channels.has(channel.id)} onChange=${() => toggleChannel(channel.id)} />`,
        )
      }
    </fieldset>
    <${Check} label="Switched on" checked=${values.enabled} onChange=${(value: boolean) => form.set('enabled', value)} />
  <//>`;
}

/** Annotations that this form has no field for stay as they are. */
function otherAnnotations(rule: AlertRule | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(rule?.annotations ?? {}).filter(([name]) => name !== 'summary' && name !== 'description'),
  );
}
