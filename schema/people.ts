/** Tenants, people, sessions, keys, settings. */
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Role } from '../src/model/role.ts';
import { flag, id, json, tenantId, time } from './columns.ts';

export const tenants = sqliteTable('tenants', {
  id: id(),
  name: text().notNull(),
  created_at: time().notNull(),
});

export const settings = sqliteTable(
  'settings',
  { tenant_id: tenantId(), key: text().notNull(), value: json<unknown>().notNull() },
  (table) => [primaryKey({ columns: [table.tenant_id, table.key] })],
);

export const users = sqliteTable('users', {
  id: id(),
  tenant_id: tenantId(),
  username: text().notNull(),
  password_hash: text().notNull(),
  role: text().$type<Exclude<Role, 'ingest'>>().notNull(),
  disabled: flag().notNull(),
  created_at: time().notNull(),
  last_login_at: time(),
});

export const sessions = sqliteTable('sessions', {
  token_hash: text().primaryKey(),
  tenant_id: tenantId(),
  user_id: integer().notNull(),
  created_at: time().notNull(),
  expires_at: time().notNull(),
});

export const apiKeys = sqliteTable('api_keys', {
  id: id(),
  tenant_id: tenantId(),
  name: text().notNull(),
  role: text().$type<Role>().notNull(),
  prefix: text().notNull(),
  key_hash: text().notNull(),
  created_at: time().notNull(),
  created_by: text(),
  owner_id: integer(),
  expires_at: time(),
  last_used_at: time(),
});
