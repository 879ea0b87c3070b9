/** Rules about which interfaces are polled. The first that fits decides; what was chosen at a device comes before them. */
import type { InterfaceRule, InterfaceRules } from '../../src/api/contract.ts';
import { api } from '../api.ts';
import { confirm } from '../components/dialog.ts';
import { Icon } from '../components/icon.ts';
import { Empty, Failure, Loading, PageHead } from '../components/page.ts';
import { RowActions } from '../components/row-actions.ts';
import { type Column, Table } from '../components/table.ts';
import { attempt, tell } from '../components/toast.ts';
import { amend, invalidate, useResource } from '../data/resource.ts';
import { may } from '../data/session.ts';
import { NOTHING } from '../format/units.ts';
import { html, useState, type VNode } from '../html.ts';
import { RuleDialog } from './interface-rule/rule-dialog.ts';
import { moved, ruleText, typesText } from './interface-rule/rule-values.ts';

const PATH = '/interface-rules';

interface Row {
  readonly rule: InterfaceRule;
  readonly index: number;
}

export function InterfaceRulesPage(): VNode {
  const stored = useResource<InterfaceRules>(PATH);
  const [open, setOpen] = useState<{ readonly index?: number } | undefined>(undefined);
  const rules = stored.data?.rules ?? [];
  const save = async (next: readonly InterfaceRule[], done: string) => {
    const answer = await api.put<InterfaceRules>(PATH, { rules: next });
    amend<InterfaceRules>(PATH, () => answer);
    invalidate('/devices');
    tell(done);
  };
  const move = (index: number, by: -1 | 1) =>
    void attempt(() => save(moved(rules, index, by), 'The order is changed.'));
  const remove = (index: number) =>
    confirm({
      title: 'Delete this rule?',
      text: `${ruleText(rules[index]!)}. What it decided is decided by the rules after it, or by type and status.`,
      action: 'Delete rule',
      run: () =>
        save(
          rules.filter((_, i) => i !== index),
          'The rule is deleted.',
        ),
    });
  const columns: readonly Column<Row>[] = [
    { key: 'order', label: 'Order', isNumber: true, render: (row) => row.index + 1 },
    {
      key: 'name',
      label: 'Name',
      isName: true,
      render: ({ rule }) => (rule.name ? html`<code>${rule.name}</code>` : 'any'),
    },
    { key: 'alias', label: 'Alias', render: ({ rule }) => (rule.alias ? html`<code>${rule.alias}</code>` : 'any') },
    { key: 'types', label: 'Types', render: ({ rule }) => typesText(rule.types) || NOTHING },
    { key: 'polled', label: 'Then', render: ({ rule }) => (rule.polled ? 'poll' : 'do not poll') },
    {
      key: 'actions',
      label: '',
      render: ({ rule, index }) =>
        may('operator') &&
        html`<${RowActions} name=${`rule ${index + 1}`} onEdit=${() => setOpen({ index })} onDelete=${() => remove(index)}>
          <button type="button" class="icon-button" aria-label=${`Move up: ${ruleText(rule)}`} title="Move up" disabled=${index === 0} onClick=${() => move(index, -1)}><${Icon} name="up" size=${14} /></button>
          <button type="button" class="icon-button" aria-label=${`Move down: ${ruleText(rule)}`} title="Move down" disabled=${index === rules.length - 1} onClick=${() => move(index, 1)}><${Icon} name="arrowDown" size=${14} /></button>
        <//>`,
    },
  ];
  const add =
    may('operator') &&
    html`<button type="button" class="button primary" onClick=${() => setOpen({})}><${Icon} name="plus" />New rule</button>`;
  return html`<${PageHead}
      title="Interface rules"
      note="Which interfaces are polled, at every device. The first rule that fits decides; what was chosen at a device comes before them, the default by type and status after."
    >${add}<//>
    ${stored.error && html`<${Failure} error=${stored.error} onRetry=${stored.reload} />`}
    ${stored.isLoading && html`<${Loading} lines=${4} />`}
    ${
      stored.data &&
      (rules.length > 0
        ? html`<${Table} label="Interface rules" columns=${columns} rows=${rules.map((rule, index) => ({ rule, index }))} keyOf=${(row: Row) => row.index} />`
        : html`<${Empty}
            icon="interfaces"
            title="No rules yet"
            text="Without them, interfaces are polled by type and status: ports and bundles, and virtual ones while they are up; no loopbacks, no ports that are switched off."
          >${add}<//>`)
    }
    ${open && html`<${RuleDialog} rules=${rules} index=${open.index} onSave=${save} onClose=${() => setOpen(undefined)} />`}`;
}
