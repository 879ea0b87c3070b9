/** Which findings of a scan become devices by themselves. */
import type { ImportRule } from '../../../src/api/contract.ts';
import { TextField } from '../../components/form.ts';
import { numberOf, textOf } from '../../components/use-form.ts';
import { html, type VNode } from '../../html.ts';

/** The rule as it is typed. */
export interface RuleText {
  readonly template: string;
  readonly vendor: string;
  readonly addresses: string;
  /** Percent. */
  readonly confidence: string;
}

export function textOfRule(rule: ImportRule | null | undefined): RuleText {
  const confidence = rule?.min_confidence;
  return {
    template: rule?.template ?? '',
    vendor: rule?.vendor ?? '',
    addresses: rule?.addresses ?? '',
    confidence: confidence === undefined ? '' : String(Math.round(confidence * 100)),
  };
}

/** What the text says; null when it says nothing. `before` keeps what this form does not show. */
export function ruleOfText(text: RuleText, before: ImportRule | null | undefined): ImportRule | null {
  const percent = numberOf(text.confidence);
  const rule: ImportRule = {
    template: textOf(text.template),
    vendor: textOf(text.vendor),
    addresses: textOf(text.addresses),
    min_confidence: percent === undefined ? undefined : percent / 100,
    answered: before?.answered,
  };
  return Object.values(rule).some((value) => value !== undefined) ? rule : null;
}

interface Props {
  readonly value: RuleText;
  readonly templates: readonly string[];
  readonly errorAt: (path: string) => string | undefined;
  readonly onChange: (value: RuleText) => void;
}

export function ImportFields({ value, templates, errorAt, onChange }: Props): VNode {
  const set = (key: keyof RuleText) => (text: string) => onChange({ ...value, [key]: text });
  return html`<fieldset class="stack-s">
    <legend>Only what fits all of this</legend>
    <div class="fields">
      <${TextField} label="Template" isOptional isMono placeholder="cisco/*" list=${templates} hint="* is anything, ? one character." value=${value.template} error=${errorAt('import_rule.template')} onInput=${set('template')} />
      <${TextField} label="Vendor" isOptional placeholder="Cisco*" value=${value.vendor} error=${errorAt('import_rule.vendor')} onInput=${set('vendor')} />
      <${TextField} label="At these addresses" isOptional isMono placeholder="10.0.0.0/25" value=${value.addresses} error=${errorAt('import_rule.addresses')} onInput=${set('addresses')} />
      <${TextField} label="Confidence, % or more" isOptional type="number" min=${0} max=${100} placeholder="80" value=${value.confidence} error=${errorAt('import_rule.min_confidence')} onInput=${set('confidence')} />
    </div>
  </fieldset>`;
}
