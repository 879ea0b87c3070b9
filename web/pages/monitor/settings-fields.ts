/** Fields for the settings of a plugin, made from its JSON Schema: text, numbers, choices, switches, and JSON for the rest. */
import { SelectField, TextField } from '../../components/form.ts';
import { html, type VNode } from '../../html.ts';

interface Property {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
}

type Schema = Readonly<Record<string, unknown>>;
type Texts = Readonly<Record<string, string>>;

function propertiesOf(schema: Schema): readonly (readonly [string, Property])[] {
  const properties = schema.properties;
  return typeof properties === 'object' && properties !== null
    ? Object.entries(properties as Record<string, Property>)
    : [];
}

/** Stored settings as the text of their fields. */
export function settingsText(settings: Schema): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

/** The texts as settings, by the schema's types; empty ones are left out, so that the default holds. */
export function settingsInput(schema: Schema, texts: Texts): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const [key, property] of propertiesOf(schema)) {
    const text = texts[key]?.trim() ?? '';
    if (text !== '') settings[key] = settingValue(property, text);
  }
  return settings;
}

function settingValue(property: Property, text: string): unknown {
  if (property.type === 'string') return text;
  if (property.enum?.every((value) => typeof value === 'string')) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text; // the server says which type it wants
  }
}

interface SettingsFieldsProps {
  readonly schema: Schema;
  readonly values: Texts;
  readonly errorAt: (path: string) => string | undefined;
  readonly onChange: (values: Texts) => void;
}

export function SettingsFields({ schema, values, errorAt, onChange }: SettingsFieldsProps): readonly VNode[] {
  const required = Array.isArray(schema.required) ? schema.required : [];
  return propertiesOf(schema).map(([key, property]) => {
    const label = property.title ?? sentence(key);
    const common = { label, value: values[key] ?? '', hint: property.description, error: errorAt(`settings.${key}`) };
    const set = (value: string) => onChange({ ...values, [key]: value });
    const fallback = property.default === undefined ? '' : plainText(property.default);
    const options = property.type === 'boolean' ? ['true', 'false'] : property.enum?.map(plainText);
    if (options) {
      const none = { value: '', label: fallback === '' ? 'Default' : `Default (${fallback})` };
      const choices = [none, ...options.map((value) => ({ value, label: value }))];
      return html`<${SelectField} key=${key} ...${common} choices=${choices} onChange=${set} />`;
    }
    const isNumber = property.type === 'number' || property.type === 'integer';
    return html`<${TextField} key=${key} ...${common} type=${isNumber ? 'number' : 'text'} isOptional=${!required.includes(key)} placeholder=${fallback} onInput=${set} />`;
  });
}

function plainText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const ACRONYMS = new Set(['url', 'tls', 'http', 'dns', 'tcp', 'ssl', 'ip', 'id', 'snmp']);

/** `expect_status` → `Expect status`, `verify_tls` → `Verify TLS`, `timeout_ms` → `Timeout (ms)`. */
export function sentence(key: string): string {
  const unit = /_(ms|s)$/.exec(key);
  const words = (unit ? key.slice(0, unit.index) : key)
    .split('_')
    .map((word) => (ACRONYMS.has(word) ? word.toUpperCase() : word));
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1) + (unit ? ` (${unit[1]})` : '');
}
