/** Makes or changes an interface rule, and tells beforehand what it would do. */
import type { InterfaceRule, InterfaceRulesPreview } from '../../../src/api/contract.ts';
import { api } from '../../api.ts';
import { SelectField, TextField } from '../../components/form.ts';
import { FormDialog } from '../../components/form-dialog.ts';
import { attempt } from '../../components/toast.ts';
import { useForm } from '../../components/use-form.ts';
import { count } from '../../format/units.ts';
import { html, useState, type VNode } from '../../html.ts';
import { type RuleValues, ruleInput, ruleValues } from './rule-values.ts';

interface RuleDialogProps {
  readonly rules: readonly InterfaceRule[];
  /** Of the one to change; absent: a new one at the end. */
  readonly index?: number;
  readonly onSave: (rules: readonly InterfaceRule[], done: string) => Promise<void>;
  readonly onClose: () => void;
}

const CHOICES = [
  { value: 'no', label: 'Do not poll' },
  { value: 'yes', label: 'Poll' },
];

export function RuleDialog({ rules, index = rules.length, onSave, onClose }: RuleDialogProps): VNode {
  const [preview, setPreview] = useState<InterfaceRulesPreview | undefined>(undefined);
  const withThis = (values: RuleValues): readonly InterfaceRule[] => [
    ...rules.slice(0, index),
    ruleInput(values),
    ...rules.slice(index + 1),
  ];
  const form = useForm(ruleValues(rules[index]), async (values) => {
    await onSave(withThis(values), 'The rule is saved.');
    onClose();
  });
  const tryIt = () =>
    attempt(async () =>
      setPreview(await api.post<InterfaceRulesPreview>('/interface-rules/preview', { rules: withThis(form.values) })),
    );
  const set = (key: keyof RuleValues) => (value: string) => {
    setPreview(undefined);
    form.set(key, value);
  };
  const errorAt = (key: string) => form.errorAt(`rules.${index}.${key}`);
  const { values } = form;
  return html`<${FormDialog}
    title=${index < rules.length ? 'Edit rule' : 'New rule'}
    form=${form}
    action="Save"
    onClose=${onClose}
    extra=${html`<button type="button" class="button" onClick=${() => void tryIt()}>Try it</button>`}
  >
    <p class="soft">All that is filled in must fit. <code>*</code> stands for anything, <code>?</code> for one character.</p>
    <${TextField} label="Name" isFirst isMono isOptional placeholder="Vlan*" value=${values.name} error=${errorAt('name')} onInput=${set('name')} />
    <${TextField} label="Alias" isMono isOptional placeholder="*uplink*" hint="The description that was given to the port." value=${values.alias} error=${errorAt('alias')} onInput=${set('alias')} />
    <${TextField} label="Types" isMono isOptional placeholder="53, 131" hint="Numbers of ifType: 6 Ethernet, 53 virtual, 131 tunnel, 135 and 136 VLAN, 161 bundle." value=${values.types} error=${errorAt('types')} onInput=${set('types')} />
    <${SelectField} label="Then" value=${values.polled} choices=${CHOICES} onChange=${set('polled')} />
    ${preview && html`<${Preview} preview=${preview} index=${index} />`}
  <//>`;
}

function Preview({ preview, index }: { readonly preview: InterfaceRulesPreview; readonly index: number }): VNode {
  const { decided, begin, end, examples } = preview;
  return html`<div class="stack-s" role="status">
    <p>
      This rule decides ${count(decided[index] ?? 0, 'interface')} of those that are known.
      With all rules, ${begin} more would be polled and ${end} no longer.
    </p>
    ${
      examples.length > 0 &&
      html`<ul class="sample-list">
        ${examples.map(
          (one) => html`<li key=${`${one.device_id} ${one.ifname}`}>
            <span class="break">${one.device} <code>${one.ifname}</code> ${one.alias}</span>
            <span>${one.polled ? 'poll' : 'do not poll'}</span>
          </li>`,
        )}
      </ul>`
    }
  </div>`;
}
