/** Kinds of probes, built in and added, behind one face. */
import { z } from 'zod';
import type { PluginRecord } from '../db/plugins.ts';
import type { Repositories } from '../db/repositories.ts';
import type { CredentialType } from '../model/collector-config.ts';
import type { FieldMetadata } from '../model/field.ts';
import type { FieldProblem } from '../model/refusal.ts';
import type { TenantId } from '../model/tenant.ts';

/** What the server knows of a probe that is built in. */
export interface BuiltInPlugin {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Credential types that it can use; empty: none is needed. */
  readonly credential_types: readonly CredentialType[];
  readonly default_interval_s: number;
  /** JSON Schema of a monitor's settings. */
  readonly settings_schema: Readonly<Record<string, unknown>>;
}

export interface Plugin extends BuiltInPlugin {
  readonly type: 'built_in' | 'executable';
  readonly executable?: string;
  readonly arguments?: readonly string[];
  readonly timeout_s?: number;
  readonly fields?: readonly FieldMetadata[];
  readonly created_at?: Date;
  readonly updated_at?: Date;
}

export class PluginCatalogue {
  readonly #builtIn: ReadonlyMap<string, Plugin>;
  readonly #added: Repositories['plugins'];

  constructor(builtIn: readonly BuiltInPlugin[], repositories: Pick<Repositories, 'plugins'>) {
    this.#builtIn = new Map(builtIn.map((plugin) => [plugin.id, { ...plugin, type: 'built_in' }]));
    this.#added = repositories.plugins;
  }

  all(tenant: TenantId): Plugin[] {
    return [...this.#builtIn.values(), ...this.#added.all(tenant).map(pluginOf)].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  get(tenant: TenantId, id: string): Plugin | undefined {
    const builtIn = this.#builtIn.get(id);
    if (builtIn) return builtIn;
    const added = this.#added.get(tenant, id);
    return added && pluginOf(added);
  }

  /** What added plugins of all tenants declare. */
  declaredFields(): FieldMetadata[] {
    return this.#added.everyones().flatMap((plugin) => plugin.fields);
  }

  isBuiltIn(id: string): boolean {
    return this.#builtIn.has(id);
  }
}

/** What is wrong with a monitor's settings; paths begin with `settings`. */
export function settingsProblems(plugin: Plugin, settings: unknown): FieldProblem[] {
  const parsed = z.fromJSONSchema(plugin.settings_schema as z.core.JSONSchema.JSONSchema).safeParse(settings);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => ({ path: ['settings', ...issue.path].join('.'), message: issue.message }));
}

/** What is wrong with a JSON Schema, if anything. */
export function schemaProblem(schema: unknown): string | undefined {
  try {
    z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function pluginOf(record: PluginRecord): Plugin {
  const { tenant_id: _, ...plugin } = record;
  return { ...plugin, type: 'executable' };
}
