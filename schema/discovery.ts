/** Scans: profiles, runs, findings. */
import { integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ImportRule } from '../src/model/import-rule.ts';
import type { DeviceFacts } from '../src/model/observation.ts';
import { flag, id, json, tenantId, time } from './columns.ts';

export const discoveryProfiles = sqliteTable('discovery_profiles', {
  id: id(),
  tenant_id: tenantId(),
  name: text().notNull(),
  subnet: text().notNull(),
  exclude: text(),
  site_id: integer().notNull(),
  component_id: integer(),
  port_scan: flag().notNull(),
  tcp_ports: json<number[]>().notNull(),
  schedule: text(),
  auto_import: flag().notNull(),
  import_rule: json<ImportRule>(),
  created_at: time().notNull(),
  updated_at: time().notNull(),
});

export const discoveryProfileCredentials = sqliteTable(
  'discovery_profile_credentials',
  {
    profile_id: integer().notNull(),
    position: integer().notNull(),
    credential_profile_id: integer().notNull(),
    tenant_id: tenantId(),
  },
  (table) => [primaryKey({ columns: [table.profile_id, table.position] })],
);

export type RunState = 'running' | 'finished' | 'cancelled' | 'failed';

export const discoveryRuns = sqliteTable('discovery_runs', {
  id: id(),
  tenant_id: tenantId(),
  profile_id: integer(),
  profile: text().notNull(),
  state: text().$type<RunState>().notNull(),
  total: integer().notNull(),
  scanned: integer().notNull(),
  found: integer().notNull(),
  message: text(),
  started_at: time().notNull(),
  finished_at: time(),
});

export const discoveredDevices = sqliteTable('discovered_devices', {
  id: id(),
  tenant_id: tenantId(),
  run_id: integer().notNull(),
  profile_id: integer(),
  site_id: integer().notNull(),
  address: text().notNull(),
  address_key: text().notNull(),
  hostname: text(),
  answered: json<readonly string[]>().notNull(),
  credential_profile_id: integer(),
  template: text(),
  confidence: real(),
  reasons: json<readonly string[]>().notNull(),
  facts: json<DeviceFacts>().notNull(),
  first_seen_at: time().notNull(),
  last_seen_at: time().notNull(),
});
