/** Templates that people added, as text. */
import { and, eq } from 'drizzle-orm';
import { templates } from '../../schema/plant.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Database } from './database.ts';

export type TemplateRecord = typeof templates.$inferSelect;

export class TemplateRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get(tenant: TenantId, id: string): TemplateRecord | undefined {
    return this.#db.sql
      .select()
      .from(templates)
      .where(and(eq(templates.tenant_id, tenant), eq(templates.id, id)))
      .get();
  }

  all(tenant: TenantId): TemplateRecord[] {
    return this.#db.sql.select().from(templates).where(eq(templates.tenant_id, tenant)).orderBy(templates.id).all();
  }

  /** Of every tenant. */
  everyones(): TemplateRecord[] {
    return this.#db.sql.select().from(templates).orderBy(templates.tenant_id, templates.id).all();
  }

  /** Adds or replaces. */
  save(tenant: TenantId, id: string, yaml: string, at: Date): void {
    this.#db.sql
      .insert(templates)
      .values({ tenant_id: tenant, id, yaml, created_at: at, updated_at: at })
      .onConflictDoUpdate({ target: [templates.tenant_id, templates.id], set: { yaml, updated_at: at } })
      .run();
  }

  delete(tenant: TenantId, id: string): void {
    this.#db.sql
      .delete(templates)
      .where(and(eq(templates.tenant_id, tenant), eq(templates.id, id)))
      .run();
  }
}
