/** Device × plugin × credential profile × interval, and what it measured. */
import { z } from 'zod';
import { id, listQuery, queryFlag, timestamp } from './common.ts';

export const monitor = z.object({
  id,
  device_id: id,
  device: z.string(),
  plugin_id: z.string(),
  credential_profile_id: id.nullable(),
  /** Seconds. */
  polling_interval: z.int(),
  enabled: z.boolean(),
  settings: z.record(z.string(), z.unknown()),
  /** Last success. */
  last_polled: timestamp.nullable(),
  /** Last attempt, successful or not. */
  last_attempted: timestamp.nullable(),
  last_error: z.string().nullable(),
  last_error_at: timestamp.nullable(),
  created_at: timestamp,
  updated_at: timestamp,
});

const pollingInterval = z
  .int()
  .min(1, 'must be at least 1 second')
  .max(86_400, 'must be at most 86400 seconds (a day)');

export const monitorInput = z.strictObject({
  device_id: id,
  plugin_id: z.string().min(1, 'must not be empty').max(100),
  credential_profile_id: id.nullable().optional(),
  polling_interval: pollingInterval.optional(),
  enabled: z.boolean().optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
});
export const monitorPatch = monitorInput.omit({ device_id: true, plugin_id: true }).partial();

export const monitorListQuery = listQuery.extend({
  device_id: z.coerce.number().int().positive().optional(),
  plugin_id: z.string().max(100).optional(),
  credential_profile_id: z.coerce.number().int().positive().optional(),
  enabled: queryFlag.optional(),
});

/** One row group at one moment; percentages are derived from used and total. */
export const metricRow = z.object({
  measurement: z.string(),
  tags: z.record(z.string(), z.string()),
  timestamp,
  fields: z.record(z.string(), z.number().nullable()),
});
export const monitorMetrics = z.object({
  monitor_id: id,
  /** Of the newest row, null when nothing was stored yet. */
  timestamp: timestamp.nullable(),
  metrics: z.array(metricRow),
});

const time = z.string().max(40);
export const metricsHistoryQuery = z.object({
  /** ISO 8601 or Unix seconds; an hour before `to` by default. */
  from: time.optional(),
  /** Now by default. */
  to: time.optional(),
  /** Seconds between points; by default as many as give at most 500 points. */
  step_s: z.coerce.number().positive().max(604_800).optional(),
});
export const monitorHistory = z.object({
  monitor_id: id,
  from: timestamp,
  to: timestamp,
  step_s: z.number(),
  data: z.array(metricRow),
});

/** What one poll, made now, brought. */
export const pollResult = z.object({
  monitor_id: id,
  ok: z.boolean(),
  at: timestamp,
  duration_ms: z.number(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  metrics: z.array(
    z.object({
      measurement: z.string(),
      tags: z.record(z.string(), z.string()),
      fields: z.record(z.string(), z.number().nullable()),
    }),
  ),
});
