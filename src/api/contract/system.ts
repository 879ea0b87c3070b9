/** How the product itself is, and its settings. */
import { z } from 'zod';

export const checkStatus = z.enum(['ok', 'degraded', 'down']);
export const healthCheck = z.object({ status: checkStatus, message: z.string() });
/** `status` is the worst of the checks. */
export const healthAnswer = z.object({
  status: checkStatus,
  version: z.string(),
  checks: z.record(z.string(), healthCheck),
});

export const settings = z.object({
  /** Of new monitors whose plugin has no interval of its own. */
  polling_interval_s: z.int(),
  /** Of new devices. */
  offline_after_s: z.int(),
  /** Requests to one device; a fifth of it for industrial ones. */
  packets_per_second: z.int(),
  /** An alert that fires again within it is the same incident and tells nobody twice. */
  alert_dedup_window_s: z.int(),
});
export const settingsPatch = z.strictObject({
  polling_interval_s: z.int().min(1).max(86_400).optional(),
  offline_after_s: z.int().min(10).max(604_800).optional(),
  packets_per_second: z.int().min(1).max(10_000).optional(),
  alert_dedup_window_s: z.int().min(0).max(86_400).optional(),
});
