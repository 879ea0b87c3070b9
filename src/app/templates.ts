/**
 * Templates as the API and the fleet see them: the shipped ones, and those that people added. What a tenant added is
 * seen, inherited and used by that tenant alone.
 */
import type { TemplateInfo, TemplateService } from '../api/services.ts';
import type { Repositories } from '../db/repositories.ts';
import type { TemplateRecord } from '../db/templates.ts';
import { readTextAsset } from '../lib/assets.ts';
import { tenantKey } from '../model/collector-config.ts';
import type { FieldProblem } from '../model/refusal.ts';
import type { TenantId } from '../model/tenant.ts';
import { TemplateError } from '../templates/inherit.ts';
import { TemplateLibrary } from '../templates/library.ts';
import { parseTemplate } from '../templates/parse.ts';
import { buildPlan, PlanError } from '../templates/plan.ts';
import type { TemplateSource } from '../templates/template.ts';

export interface TemplatesOptions {
  readonly repositories: Pick<Repositories, 'templates'>;
  /** Added templates changed: collectors must have them. */
  readonly changed: () => void;
}

export class Templates implements TemplateService {
  readonly #shipped: TemplateLibrary;
  readonly #options: TemplatesOptions;

  private constructor(shipped: TemplateLibrary, options: TemplatesOptions) {
    this.#shipped = shipped;
    this.#options = options;
  }

  static async open(options: TemplatesOptions): Promise<Templates> {
    return new Templates(await TemplateLibrary.load(), options);
  }

  list(tenant: TenantId): readonly TemplateInfo[] {
    const added = new Map(this.#options.repositories.templates.all(tenant).map((row) => [row.id, row]));
    const shipped = this.#shipped.list().filter(({ id }) => !added.has(id));
    return [
      ...shipped.map(({ id, name }) => ({ id, name, vendor: vendorOf(id), origin: 'built_in' as const })),
      ...[...added.values()].map(({ id, yaml, updated_at }) => {
        const parsed = parseTemplate(yaml);
        const name = parsed.kind === 'ok' ? parsed.template.name : id;
        return { id, name, vendor: vendorOf(id), origin: 'added' as const, updated_at };
      }),
    ].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  read(tenant: TenantId, id: string): string | undefined {
    const added = this.#options.repositories.templates.get(tenant, id);
    if (added) return added.yaml;
    return this.#shipped.source(id) ? readTextAsset(`templates/devices/${id}.yaml`) : undefined;
  }

  exists(tenant: TenantId, id: string): boolean {
    return this.#shipped.source(id) !== undefined || this.#options.repositories.templates.get(tenant, id) !== undefined;
  }

  check(tenant: TenantId, yaml: string): { readonly errors: readonly FieldProblem[] } | { readonly id: string } {
    const parsed = parseTemplate(yaml);
    if (parsed.kind === 'bad') {
      return {
        errors: parsed.problems.map(({ line, path, message }) => ({
          path: path || 'yaml',
          message: line > 0 ? `line ${line}: ${message}` : message,
        })),
      };
    }
    const { id } = parsed.template;
    try {
      buildPlan(this.#libraryOf(tenant).with(parsed.template).resolve(id));
    } catch (error) {
      if (!(error instanceof TemplateError || error instanceof PlanError)) throw error;
      return { errors: [{ path: 'yaml', message: error.message }] };
    }
    return { id };
  }

  heirs(tenant: TenantId, id: string): readonly string[] {
    if (this.#shipped.source(id)) return [];
    return this.#added(this.#options.repositories.templates.all(tenant))
      .filter(([, source]) => source.id !== id && source.inherits?.includes(id))
      .map(([, source]) => source.id);
  }

  changed(): void {
    this.#options.changed();
  }

  /** What the collector's configuration carries beside the shipped templates: of all tenants, by `tenantKey`. */
  added(): Readonly<Record<string, unknown>> {
    const added = this.#added(this.#options.repositories.templates.everyones());
    return Object.fromEntries(added.map(([{ tenant_id, id }, source]) => [tenantKey(tenant_id, id), source]));
  }

  #libraryOf(tenant: TenantId): TemplateLibrary {
    const added = this.#added(this.#options.repositories.templates.all(tenant));
    return added.reduce((library, [, source]) => library.with(source), this.#shipped);
  }

  /** Those that this version understands. */
  #added(rows: readonly TemplateRecord[]): (readonly [TemplateRecord, TemplateSource])[] {
    return rows.flatMap((row) => {
      const parsed = parseTemplate(row.yaml);
      return parsed.kind === 'ok' ? [[row, parsed.template] as const] : [];
    });
  }
}

const vendorOf = (id: string): string => id.split('/')[0]!;
