/** Alert rules: what is wrong, said in PromQL. */
import type { AlertRule } from '../../src/api/contract.ts';
import { api } from '../api.ts';
import { confirm } from '../components/dialog.ts';
import { SearchBox, Select } from '../components/form.ts';
import { Icon } from '../components/icon.ts';
import { Listing } from '../components/listing.ts';
import { RowActions } from '../components/row-actions.ts';
import { Mark, SeverityStatus } from '../components/status.ts';
import type { Column } from '../components/table.ts';
import { attempt, tell } from '../components/toast.ts';
import { invalidate, useList } from '../data/resource.ts';
import { may } from '../data/session.ts';
import { count, formatDuration } from '../format/units.ts';
import { html, useState, type VNode } from '../html.ts';
import { useParam } from '../router.ts';
import { RuleDialog } from './alert/rule-dialog.ts';
import { SEVERITY_ORDER } from './overview/firing-alerts.ts';

const PATH = '/alert-rules';
const ORIGINS = [
  { value: '', label: 'From anywhere' },
  { value: 'user', label: 'Made here' },
  { value: 'built_in', label: 'Built in' },
  { value: 'template', label: 'From templates' },
];
type Open = { readonly rule?: AlertRule };

export function AlertRules(): VNode {
  const rules = useList<AlertRule>(PATH, 30_000);
  const [text, setText] = useParam('q');
  const [origin, setOrigin] = useParam('origin');
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const wanted = text.toLowerCase();
  const all = rules.data ?? [];
  const rows = all.filter(
    (rule) => rule.origin.startsWith(origin) && `${rule.name}\n${rule.expression}`.toLowerCase().includes(wanted),
  );
  const failing = all.filter((rule) => rule.last_error !== null).length;
  return html`<${Listing}
      title="Alert rules"
      note=${rules.data && `${count(all.length, 'rule')}, evaluated every 10 seconds${failing > 0 ? `, ${failing} cannot be evaluated` : ''}`}
      resource=${rules}
      rows=${rows}
      columns=${columnsOf((rule) => setOpen({ rule }))}
      keyOf=${(rule: AlertRule) => rule.id}
      onOpen=${may('operator') ? (rule: AlertRule) => setOpen({ rule }) : undefined}
      sort="name"
      filters=${html`<${SearchBox} value=${text} onInput=${setText} placeholder="Filter by name or expression" />
        <${Select} name="Origin" value=${origin} choices=${ORIGINS} onChange=${setOrigin} />`}
      empty=${{ icon: 'rules', title: 'No rules yet', text: 'A rule is a PromQL expression; every series that it returns is an alert.' }}
      actions=${may('operator') && html`<button type="button" class="button primary" onClick=${() => setOpen({})}><${Icon} name="plus" />New rule</button>`}
    />
    ${open && html`<${RuleDialog} rule=${open.rule} onClose=${() => setOpen(undefined)} />`}`;
}

function columnsOf(edit: (rule: AlertRule) => void): readonly Column<AlertRule>[] {
  return [
    {
      key: 'on',
      label: 'On',
      sortBy: (rule) => Number(!rule.enabled),
      render: (rule) => html`<${OnSwitch} rule=${rule} />`,
    },
    {
      key: 'name',
      label: 'Name',
      isName: true,
      sortBy: (rule) => rule.name,
      render: (rule) => html`<${RuleName} rule=${rule} />`,
    },
    {
      key: 'severity',
      label: 'Severity',
      sortBy: (rule) => SEVERITY_ORDER[rule.severity],
      render: (rule) => html`<${SeverityStatus} severity=${rule.severity} />`,
    },
    {
      key: 'expression',
      label: 'Expression',
      hide: 'medium',
      render: (rule) => html`<code class="expression">${rule.expression}</code>`,
    },
    {
      key: 'for',
      label: 'For',
      isNumber: true,
      sortBy: (rule) => rule.for_s,
      render: (rule) => formatDuration(rule.for_s),
    },
    {
      key: 'origin',
      label: 'Origin',
      hide: 'small',
      sortBy: (rule) => rule.origin,
      render: (rule) => html`<span class="nowrap">${rule.origin.replace('_', ' ')}</span>`,
    },
    {
      key: 'actions',
      label: '',
      render: (rule) =>
        may('operator') &&
        html`<${RowActions} name=${rule.name} onEdit=${() => edit(rule)} onDelete=${() => remove(rule)} />`,
    },
  ];
}

function RuleName({ rule }: { readonly rule: AlertRule }): VNode {
  return html`<span>
    ${rule.name}
    ${rule.last_error !== null && html`<span class="status is-warning" title=${rule.last_error}><${Mark} of="warning" size=${12} />cannot be evaluated: ${rule.last_error}</span>`}
  </span>`;
}

function OnSwitch({ rule }: { readonly rule: AlertRule }): VNode {
  const toggle = async () => {
    const done = `${rule.name} is switched ${rule.enabled ? 'off' : 'on'}.`;
    if (await attempt(() => api.patch(`${PATH}/${rule.id}`, { enabled: !rule.enabled }))) {
      tell(
        done,
        () =>
          void attempt(() => api.patch(`${PATH}/${rule.id}`, { enabled: rule.enabled })).then(() => invalidate(PATH)),
      );
    }
    invalidate(PATH);
  };
  return html`<input
    type="checkbox"
    role="switch"
    class="switch"
    aria-label=${`${rule.name} is on`}
    checked=${rule.enabled}
    disabled=${!may('operator')}
    onChange=${() => void toggle()}
  />`;
}

function remove(rule: AlertRule): void {
  confirm({
    title: `Delete ${rule.name}?`,
    text: 'Alerts of this rule that fire now are resolved.',
    action: 'Delete rule',
    run: async () => {
      await api.delete(`${PATH}/${rule.id}`);
      invalidate(PATH, '/alerts');
      tell(`${rule.name} is deleted.`);
    },
  });
}
