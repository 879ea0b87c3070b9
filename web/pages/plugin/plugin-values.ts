/** A plugin as its form holds it, and as it is sent. */
import type { Plugin, PluginInput } from '../../../src/api/contract.ts';
import { ApiError } from '../../api.ts';
import { numberOf, textOf } from '../../components/use-form.ts';

type DeclaredField = NonNullable<Plugin['fields']>[number];

export interface PluginValues {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly executable: string;
  /** One a line: nothing in them is expanded, so spaces need no quotes. */
  readonly arguments: string;
  readonly timeout: string;
  readonly interval: string;
  readonly credentials: readonly string[];
  /** JSON. */
  readonly schema: string;
  readonly fields: readonly DeclaredField[];
}

export const NEW_FIELD: DeclaredField = { measurement: '', field: '', kind: 'gauge', unit: '', help: '' };
const NO_SETTINGS = { type: 'object', properties: {}, additionalProperties: false };

export function pluginValues(plugin?: Plugin): PluginValues {
  return {
    id: plugin?.id ?? '',
    name: plugin?.name ?? '',
    description: plugin?.description ?? '',
    executable: plugin?.executable ?? '',
    arguments: (plugin?.arguments ?? []).join('\n'),
    timeout: String(plugin?.timeout_s ?? 30),
    interval: String(plugin?.default_interval_s ?? 60),
    credentials: plugin?.credential_types ?? [],
    schema: JSON.stringify(plugin?.settings_schema ?? NO_SETTINGS, undefined, 2),
    fields: plugin?.fields ?? [],
  };
}

/** @throws ApiError when the schema is no JSON object */
export function pluginInput(values: PluginValues): PluginInput {
  const timeout_s = numberOf(values.timeout);
  const default_interval_s = numberOf(values.interval);
  return {
    id: values.id.trim(),
    name: values.name.trim(),
    description: values.description.trim(),
    executable: values.executable.trim(),
    arguments: values.arguments === '' ? [] : values.arguments.split('\n'),
    ...(timeout_s === undefined ? {} : { timeout_s }),
    ...(default_interval_s === undefined ? {} : { default_interval_s }),
    credential_types: [...values.credentials] as NonNullable<PluginInput['credential_types']>,
    settings_schema: schemaOf(values.schema),
    fields: values.fields.map((field) => ({ ...field })),
  };
}

function schemaOf(text: string): Record<string, unknown> {
  if (textOf(text) === undefined) return NO_SETTINGS;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrongSchema(`is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrongSchema('must be an object, such as {"type": "object"}');
  }
  return value as Record<string, unknown>;
}

function wrongSchema(message: string): ApiError {
  return new ApiError(400, `settings_schema ${message}`, [{ path: 'settings_schema', message }]);
}
