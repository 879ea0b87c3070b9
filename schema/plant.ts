/** Sites, credentials, devices, interfaces, monitors, plugins, templates. */
import { integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { CredentialType } from '../src/model/collector-config.ts';
import type { FieldMetadata } from '../src/model/field.ts';
import type { Health } from '../src/model/health.ts';
import type { DeviceFacts } from '../src/model/observation.ts';
import { flag, id, json, tenantId, time } from './columns.ts';

export const sites = sqliteTable('sites', {
  id: id(),
  tenant_id: tenantId(),
  name: text().notNull(),
  time_zone: text().notNull(),
  description: text().notNull(),
  created_at: time().notNull(),
  updated_at: time().notNull(),
});

export const credentialProfiles = sqliteTable('credential_profiles', {
  id: id(),
  tenant_id: tenantId(),
  name: text().notNull(),
  type: text().$type<CredentialType>().notNull(),
  public: json<Record<string, unknown>>().notNull(),
  sealed: json<Record<string, string>>().notNull(),
  created_at: time().notNull(),
  updated_at: time().notNull(),
});

export const devices = sqliteTable('devices', {
  id: id(),
  tenant_id: tenantId(),
  site_id: integer().notNull(),
  name: text().notNull(),
  name_given: flag().notNull(),
  address: text().notNull(),
  address_key: text().notNull(),
  contact: text().notNull(),
  template: text(),
  recognised_template: text(),
  confidence: real(),
  reasons: json<readonly string[]>().notNull(),
  facts: json<DeviceFacts>().notNull(),
  facts_at: time(),
  credential_profile_id: integer(),
  component_id: integer(),
  parent_id: integer(),
  labels: json<Readonly<Record<string, string>>>().notNull(),
  offline_after_s: integer().notNull(),
  ot: flag().notNull(),
  health: text().$type<Health>().notNull(),
  health_since: time().notNull(),
  last_seen_at: time(),
  created_at: time().notNull(),
  updated_at: time().notNull(),
});

export const interfaces = sqliteTable(
  'interfaces',
  {
    device_id: integer().notNull(),
    ifname: text().notNull(),
    tenant_id: tenantId(),
    if_index: integer().notNull(),
    name: text().notNull(),
    descr: text().notNull(),
    alias: text().notNull(),
    type: integer().notNull(),
    mac: text().notNull(),
    speed_bits_per_second: real().notNull(),
    admin_status: integer().notNull(),
    oper_status: integer().notNull(),
    polled: flag().notNull(),
    chosen: flag(),
    gone: flag().notNull(),
    first_seen_at: time().notNull(),
    last_seen_at: time().notNull(),
  },
  (table) => [primaryKey({ columns: [table.device_id, table.ifname] })],
);

export const plugins = sqliteTable(
  'plugins',
  {
    tenant_id: tenantId(),
    id: text().notNull(),
    name: text().notNull(),
    description: text().notNull(),
    executable: text().notNull(),
    arguments: json<readonly string[]>().notNull(),
    timeout_s: integer().notNull(),
    default_interval_s: integer().notNull(),
    credential_types: json<readonly CredentialType[]>().notNull(),
    settings_schema: json<Readonly<Record<string, unknown>>>().notNull(),
    fields: json<readonly FieldMetadata[]>().notNull(),
    created_at: time().notNull(),
    updated_at: time().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant_id, table.id] })],
);

export const monitors = sqliteTable('monitors', {
  id: id(),
  tenant_id: tenantId(),
  device_id: integer().notNull(),
  plugin_id: text().notNull(),
  credential_profile_id: integer(),
  polling_interval: integer().notNull(),
  enabled: flag().notNull(),
  settings: json<Readonly<Record<string, unknown>>>().notNull(),
  last_polled: time(),
  last_attempted: time(),
  last_error: text(),
  last_error_at: time(),
  created_at: time().notNull(),
  updated_at: time().notNull(),
});

export const templates = sqliteTable(
  'templates',
  {
    tenant_id: tenantId(),
    id: text().notNull(),
    yaml: text().notNull(),
    created_at: time().notNull(),
    updated_at: time().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant_id, table.id] })],
);
