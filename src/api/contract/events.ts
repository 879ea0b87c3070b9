/** What changed in the plant (events) and what people changed here (audit). */
import { z } from 'zod';
import { id, listQuery, timestamp } from './common.ts';

export const event = z.object({
  id,
  at: timestamp,
  /** `device_added`, `renamed`, `rebooted`, `interface_added`, `health_changed`, … */
  kind: z.string(),
  device_id: id.nullable(),
  device: z.string().nullable(),
  site: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
});
const time = timestamp.optional();
export const eventListQuery = listQuery.extend({
  device_id: z.coerce.number().int().positive().optional(),
  kind: z.string().max(100).optional(),
  site: z.string().max(200).optional(),
  from: time,
  to: time,
});

export const auditEntry = z.object({
  id,
  at: timestamp,
  /** `user:anna`, `api_key:telegraf`, `setup`, … */
  actor: z.string(),
  address: z.string().nullable(),
  /** `device.create`, `login`, `login.failed`, … */
  action: z.string(),
  target: z.string().nullable(),
  /** What was asked for, without secrets. */
  detail: z.unknown(),
});
export const auditListQuery = listQuery.extend({
  actor: z.string().max(200).optional(),
  action: z.string().max(100).optional(),
  from: time,
  to: time,
});
