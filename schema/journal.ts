/** What changed: events in the plant, and the audit log of this product. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { id, json, tenantId, time } from './columns.ts';

export const events = sqliteTable('events', {
  id: id(),
  tenant_id: tenantId(),
  at: time().notNull(),
  kind: text().notNull(),
  site_id: integer(),
  site: text(),
  device_id: integer(),
  device: text(),
  before: json<unknown>(),
  after: json<unknown>(),
});

export const audit = sqliteTable('audit', {
  id: id(),
  tenant_id: tenantId(),
  at: time().notNull(),
  actor: text().notNull(),
  address: text(),
  action: text().notNull(),
  target: text(),
  detail: json<unknown>(),
});
