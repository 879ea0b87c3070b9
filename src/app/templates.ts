/** Templates as the API and the fleet see them: the shipped ones, and those that people added. */
import type { TemplateInfo, TemplateService } from '../api/services.ts';
import type { Repositories } from '../db/repositories.ts';
import { readTextAsset } from '../lib/assets.ts';
import type { FieldProblem } from '../model/refusal.ts';
import { DEFAULT_TENANT, type TenantId } from '../model/tenant.ts';
import { TemplateError } from '../templates/inherit.ts';
import { TemplateLibrary } from '../templates/library.ts';
import { parseTemplate } from '../templates/parse.ts';
import { buildPlan, PlanError } from '../templates/plan.ts';

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

  check(_tenant: TenantId, yaml: string): { readonly errors: readonly FieldProblem[] } | { readonly id: string } {
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
      buildPlan(this.#shipped.with(parsed.template).resolve(id));
    } catch (error) {
      if (!(error instanceof TemplateError || error instanceof PlanError)) throw error;
      return { errors: [{ path: 'yaml', message: error.message }] };
    }
    return { id };
  }

  changed(): void {
    this.#options.changed();
  }

  /** What the collector's configuration carries beside the shipped templates. */
  added(): Readonly<Record<string, unknown>> {
    const parsed = this.#options.repositories.templates
      .all(DEFAULT_TENANT)
      .map(({ id, yaml }) => [id, parseTemplate(yaml)] as const);
    return Object.fromEntries(parsed.flatMap(([id, result]) => (result.kind === 'ok' ? [[id, result.template]] : [])));
  }
}

const vendorOf = (id: string): string => id.split('/')[0]!;
