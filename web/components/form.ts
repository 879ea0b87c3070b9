/** Form fields with label, hint and the server's complaint in its place. */
import { type ComponentChildren, html, useId, type VNode } from '../html.ts';

interface FieldProps {
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
  readonly isOptional?: boolean;
  readonly children: (ids: FieldIds) => VNode;
}

interface FieldIds {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': 'true' | undefined;
}

export function Field({ label, hint, error, isOptional = false, children }: FieldProps): VNode {
  const id = useId();
  const hasNote = Boolean(hint ?? error);
  return html`<div class=${error ? 'field has-error' : 'field'}>
    <label for=${id}>${label}${isOptional && html` <span class="muted">optional</span>`}</label>
    ${children({
      id,
      'aria-describedby': hasNote ? `${id}-note` : undefined,
      'aria-invalid': error ? 'true' : undefined,
    })}
    ${hasNote && html`<p class="field-note" id=${`${id}-note`}>${error ?? hint}</p>`}
  </div>`;
}

interface InputProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
  readonly isOptional?: boolean;
  readonly type?: 'text' | 'password' | 'number' | 'email' | 'url' | 'datetime-local';
  readonly placeholder?: string;
  readonly autocomplete?: string;
  readonly isFirst?: boolean;
  readonly isMono?: boolean;
  /** Suggested values. */
  readonly list?: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

export function TextField(props: InputProps): VNode {
  const listId = useId();
  return html`<${Field} label=${props.label} hint=${props.hint} error=${props.error} isOptional=${props.isOptional ?? false}>
    ${(ids: FieldIds) => html`
      <input
        ...${ids}
        class=${props.isMono ? 'input mono' : 'input'}
        type=${props.type ?? 'text'}
        value=${props.value}
        placeholder=${props.placeholder}
        autocomplete=${props.autocomplete ?? 'off'}
        autofocus=${props.isFirst ?? false}
        spellcheck=${false}
        list=${props.list ? listId : undefined}
        min=${props.min}
        max=${props.max}
        required=${!props.isOptional}
        onInput=${(event: InputEvent) => props.onInput((event.target as HTMLInputElement).value)}
      />
      ${
        props.list &&
        html`<datalist id=${listId}>${props.list.map((value) => html`<option value=${value} key=${value}></option>`)}</datalist>`
      }
    `}
  <//>`;
}

interface AreaProps extends Omit<InputProps, 'type' | 'list' | 'min' | 'max' | 'autocomplete'> {
  readonly rows?: number;
}

export function AreaField(props: AreaProps): VNode {
  return html`<${Field} label=${props.label} hint=${props.hint} error=${props.error} isOptional=${props.isOptional ?? false}>
    ${(ids: FieldIds) => html`<textarea
      ...${ids}
      class=${props.isMono ? 'input mono' : 'input'}
      rows=${props.rows ?? 3}
      value=${props.value}
      placeholder=${props.placeholder}
      spellcheck=${false}
      required=${!props.isOptional}
      onInput=${(event: InputEvent) => props.onInput((event.target as HTMLTextAreaElement).value)}
    ></textarea>`}
  <//>`;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly onChange: (value: string) => void;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
}

export function SelectField({ label, value, choices, onChange, hint, error }: SelectProps): VNode {
  return html`<${Field} label=${label} hint=${hint} error=${error}>
    ${(ids: FieldIds) => html`<${Select} ids=${ids} value=${value} choices=${choices} onChange=${onChange} />`}
  <//>`;
}

interface BareSelectProps extends Pick<SelectProps, 'value' | 'choices' | 'onChange'> {
  readonly ids?: FieldIds;
  /** Name for screen readers where no label is shown. */
  readonly name?: string;
}

/** A select without a label of its own, for filters. */
export function Select({ ids, name, value, choices, onChange }: BareSelectProps): VNode {
  return html`<select
    ...${ids ?? {}}
    class="input select"
    aria-label=${name}
    value=${value}
    onChange=${(event: Event) => onChange((event.target as HTMLSelectElement).value)}
  >
    ${choices.map((choice) => html`<option value=${choice.value} key=${choice.value} selected=${choice.value === value}>${choice.label}</option>`)}
  </select>`;
}

interface CheckProps {
  readonly label: ComponentChildren;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly hint?: ComponentChildren;
}

export function Check({ label, checked, onChange, hint }: CheckProps): VNode {
  return html`<label class="check">
    <input
      type="checkbox"
      checked=${checked}
      onChange=${(event: Event) => onChange((event.target as HTMLInputElement).checked)}
    />
    <span>${label}${hint && html`<small class="muted">${hint}</small>`}</span>
  </label>`;
}

interface SearchProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly placeholder: string;
}

/** The filter box of a page; the key "/" puts the cursor into it. */
export function SearchBox({ value, onInput, placeholder }: SearchProps): VNode {
  return html`<input
    type="search"
    class="input search"
    data-search
    value=${value}
    placeholder=${placeholder}
    aria-label=${placeholder}
    onInput=${(event: InputEvent) => onInput((event.target as HTMLInputElement).value)}
  />`;
}
