/** Rules, alerts, channels and the queue of notifications. */
import { integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { AlertState, Severity } from '../src/model/health.ts';
import { flag, id, json, tenantId, time } from './columns.ts';

type Texts = Readonly<Record<string, string>>;

export const alertRules = sqliteTable('alert_rules', {
  id: id(),
  tenant_id: tenantId(),
  name: text().notNull(),
  expression: text().notNull(),
  for_s: integer().notNull(),
  severity: text().$type<Severity>().notNull(),
  labels: json<Texts>().notNull(),
  annotations: json<Texts>().notNull(),
  enabled: flag().notNull(),
  channel_ids: json<readonly number[]>(),
  origin: text().notNull(),
  created_at: time().notNull(),
  updated_at: time().notNull(),
});

/** `at` is ISO 8601: comments live in a JSON column. */
export interface AlertCommentEntry {
  readonly at: string;
  readonly by: string;
  readonly text: string;
}

export const alerts = sqliteTable('alerts', {
  id: id(),
  tenant_id: tenantId(),
  rule_id: integer(),
  rule: text().notNull(),
  fingerprint: text().notNull(),
  state: text().$type<AlertState>().notNull(),
  severity: text().$type<Severity>().notNull(),
  labels: json<Texts>().notNull(),
  annotations: json<Texts>().notNull(),
  value: real(),
  device_id: integer(),
  started_at: time().notNull(),
  fired_at: time(),
  resolved_at: time(),
  acknowledged_at: time(),
  acknowledged_by: text(),
  resolution: text(),
  muted: flag().notNull(),
  comments: json<readonly AlertCommentEntry[]>().notNull(),
});

export type ChannelType = 'email' | 'webhook';

export const channels = sqliteTable('channels', {
  id: id(),
  tenant_id: tenantId(),
  name: text().notNull(),
  type: text().$type<ChannelType>().notNull(),
  enabled: flag().notNull(),
  send_resolved: flag().notNull(),
  min_severity: text().$type<Severity>().notNull(),
  config: json<Readonly<Record<string, unknown>>>().notNull(),
  sealed: json<Record<string, string>>().notNull(),
  last_sent_at: time(),
  last_error: text(),
  last_error_at: time(),
  created_at: time().notNull(),
  updated_at: time().notNull(),
});

export type NotificationKind = 'firing' | 'resolved' | 'test';
export type NotificationState = 'waiting' | 'sent' | 'failed';

export const notifications = sqliteTable('notifications', {
  id: id(),
  tenant_id: tenantId(),
  channel_id: integer().notNull(),
  alert_id: integer(),
  kind: text().$type<NotificationKind>().notNull(),
  payload: json<unknown>().notNull(),
  state: text().$type<NotificationState>().notNull(),
  attempts: integer().notNull(),
  next_attempt_at: time().notNull(),
  last_error: text(),
  created_at: time().notNull(),
  sent_at: time(),
});
