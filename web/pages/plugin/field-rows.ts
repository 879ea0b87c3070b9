/** The fields that a plugin declares, one a row: what its numbers are. */
import type { Plugin } from '../../../src/api/contract.ts';
import { SelectField, TextField } from '../../components/form.ts';
import { Icon } from '../../components/icon.ts';
import { html, type VNode } from '../../html.ts';
import { NEW_FIELD } from './plugin-values.ts';

type DeclaredField = NonNullable<Plugin['fields']>[number];

const KINDS = [
  { value: 'gauge', label: 'Gauge: goes up and down' },
  { value: 'counter', label: 'Counter: only grows' },
  { value: 'state', label: 'State: a code' },
];

interface FieldRowsProps {
  readonly fields: readonly DeclaredField[];
  readonly errorAt: (path: string) => string | undefined;
  readonly onChange: (fields: readonly DeclaredField[]) => void;
}

export function FieldRows({ fields, errorAt, onChange }: FieldRowsProps): VNode {
  const set = (index: number, change: Partial<DeclaredField>) =>
    onChange(fields.map((field, i) => (i === index ? { ...field, ...change } : field)));
  return html`<fieldset class="stack-s plugin-fields">
    <legend>What it measures <span class="muted">optional</span></legend>
    <p class="soft">A metric is called measurement_field. What is not declared here is stored all the same, as a gauge without a unit.</p>
    ${fields.map(
      (field, index) => html`<div class="plugin-field" key=${index} role="group" aria-label=${`Field ${index + 1}`}>
        <${TextField} label="Measurement" isMono value=${field.measurement} placeholder="weather" error=${errorAt(`fields.${index}.measurement`)} onInput=${(value: string) => set(index, { measurement: value })} />
        <${TextField} label="Field" isMono value=${field.field} placeholder="wind_speed" error=${errorAt(`fields.${index}.field`)} onInput=${(value: string) => set(index, { field: value })} />
        <${SelectField} label="Kind" value=${field.kind} choices=${KINDS} error=${errorAt(`fields.${index}.kind`)} onChange=${(value: string) => set(index, { kind: value as DeclaredField['kind'] })} />
        <${TextField} label="Unit" isOptional value=${field.unit} placeholder="meters_per_second" error=${errorAt(`fields.${index}.unit`)} onInput=${(value: string) => set(index, { unit: value })} />
        <${TextField} label="Help" isOptional value=${field.help} error=${errorAt(`fields.${index}.help`)} onInput=${(value: string) => set(index, { help: value })} />
        <button type="button" class="icon-button" aria-label=${`Remove field ${index + 1}`} title="Remove" onClick=${() => onChange(fields.filter((_, i) => i !== index))}><${Icon} name="trash" size=${14} /></button>
      </div>`,
    )}
    <div><button type="button" class="button" onClick=${() => onChange([...fields, NEW_FIELD])}><${Icon} name="plus" />Add field</button></div>
  </fieldset>`;
}
