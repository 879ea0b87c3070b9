/** Anything monitored that has an address, with its interfaces and facts. */
import { z } from 'zod';
import { HEALTH } from '../../model/health.ts';
import { fieldError, id, labelName, labels, listQuery, name, queryFlag, timestamp } from './common.ts';

export const health = z.enum(HEALTH);

/** What the device says of itself; keys that it does not tell are absent. */
export const facts = z.object({
  vendor: z.string().optional(),
  model: z.string().optional(),
  serial: z.string().optional(),
  os: z.string().optional(),
  version: z.string().optional(),
  name: z.string().optional(),
  location: z.string().optional(),
  contact: z.string().optional(),
  sys_object_id: z.string().optional(),
  sys_descr: z.string().optional(),
  engine_id: z.string().optional(),
  mac: z.string().optional(),
});

export const device = z.object({
  id,
  /** Given by a person, else what the device calls itself, else its address. */
  name: z.string(),
  address: z.string(),
  site_id: id,
  site: z.string(),
  contact: z.string(),
  /** Chosen by a person; null: recognised. */
  template: z.string().nullable(),
  /** In use: the chosen one, else the recognised one, else null. */
  effective_template: z.string().nullable(),
  credential_profile_id: id.nullable(),
  component_id: id.nullable(),
  parent_id: id.nullable(),
  labels: z.record(z.string(), z.string()),
  offline_after_s: z.int(),
  /** An industrial device: polled with a fifth of the packets a second. */
  ot: z.boolean(),
  health,
  health_since: timestamp,
  facts,
  monitor_count: z.int(),
  /** When a monitor of it last succeeded. */
  last_seen_at: timestamp.nullable(),
  created_at: timestamp,
  updated_at: timestamp,
});

export const deviceInput = z.strictObject({
  name: name.optional(),
  address: z.string().trim().min(1, 'must not be empty').max(253),
  /** Name of a site; the site `default` if none is said. */
  site: z.string().trim().min(1, 'must not be empty').max(200).optional(),
  contact: z.string().max(500).optional(),
  template: z.string().max(200).nullable().optional(),
  credential_profile_id: id.nullable().optional(),
  component_id: id.nullable().optional(),
  parent_id: id.nullable().optional(),
  labels: labels.optional(),
  offline_after_s: z.int().min(10).max(604_800).optional(),
  ot: z.boolean().optional(),
});
export const devicePatch = deviceInput.partial();

export const deviceListQuery = listQuery.extend({
  /** Part of name, address, vendor, model or serial number. */
  q: z.string().max(200).optional(),
  site: z.string().max(200).optional(),
  health: health.optional(),
  template: z.string().max(200).optional(),
  address: z.string().max(253).optional(),
  credential_profile_id: z.coerce.number().int().positive().optional(),
});
export const deviceDeleteQuery = z.object({ cascade: queryFlag.optional() });

/** Each entry is judged for itself by the rules of `POST /devices`. */
export const deviceBulkInput = z.strictObject({
  devices: z.array(z.unknown()).min(1, 'must not be empty').max(10_000, 'must not hold more than 10000 devices'),
});
export const deviceBulkAnswer = z.object({
  created: z.int(),
  refused: z.int(),
  results: z.array(
    z.object({
      index: z.int(),
      status: z.int(),
      device: device.optional(),
      detail: z.string().optional(),
      errors: z.array(fieldError).optional(),
    }),
  ),
});

/** Devices that people chose from a list. */
const chosen = (most: number) =>
  z
    .array(id)
    .min(1, 'must not be empty')
    .max(most, `must not hold more than ${most} devices`)
    .refine((ids) => new Set(ids).size === ids.length, 'must not name a device twice');

/** What can be the same for many. `set_labels` adds to the labels that each has; null takes one away. */
export const deviceBulkChange = deviceInput
  .omit({ name: true, address: true, labels: true })
  .partial()
  .extend({ set_labels: z.record(labelName, z.string().max(1000).nullable()).optional() })
  .refine((change) => Object.keys(change).length > 0, 'must hold at least one change');
export const deviceBulkPatch = z.strictObject({ ids: chosen(1000), change: deviceBulkChange });
export const deviceBulkDelete = z.strictObject({ ids: chosen(1000), cascade: z.boolean().optional() });
/** `status` of each is what the request for it alone would have answered. */
export const deviceBulkOutcome = z.object({
  done: z.int(),
  refused: z.int(),
  results: z.array(
    z.object({ id, status: z.int(), detail: z.string().optional(), errors: z.array(fieldError).optional() }),
  ),
});

export const deviceBulkPoll = z.strictObject({ ids: chosen(200) });
export const deviceBulkPollAnswer = z.object({
  /** Monitors: polled well, polled in vain, not reached within the time of one request. */
  succeeded: z.int(),
  failed: z.int(),
  left: z.int(),
  results: z.array(
    z.object({
      id,
      status: z.int(),
      detail: z.string().optional(),
      monitors: z.array(
        z.object({
          monitor_id: id,
          plugin_id: z.string(),
          state: z.enum(['succeeded', 'failed', 'left']),
          error: z.object({ code: z.string(), message: z.string() }).nullable(),
        }),
      ),
    }),
  ),
});

/** How many devices are in which health, for the overview. */
export const deviceSummary = z.object({
  total: z.int(),
  by_health: z.record(health, z.int()),
  by_site: z.array(z.object({ site_id: id, site: z.string(), total: z.int(), worst: health })),
});

export const deviceInterface = z.object({
  /** The stored tag: stable for the life of the interface. */
  ifname: z.string(),
  if_index: z.int(),
  name: z.string(),
  descr: z.string(),
  alias: z.string(),
  /** ifType of IF-MIB. */
  type: z.int(),
  mac: z.string(),
  speed_bits_per_second: z.number(),
  /** 1 up, 2 down, … as in IF-MIB. */
  admin_status: z.int(),
  oper_status: z.int(),
  polled: z.boolean(),
  /** What a person decided; null: the default of the template. */
  chosen: z.boolean().nullable(),
  /** No longer in the device's table. */
  gone: z.boolean(),
  first_seen_at: timestamp,
  last_seen_at: timestamp,
});
export const deviceInterfaces = z.object({ data: z.array(deviceInterface) });
export const interfacesPatch = z.strictObject({
  interfaces: z
    .array(z.strictObject({ ifname: z.string().min(1).max(255), polled: z.boolean().nullable() }))
    .min(1, 'must not be empty')
    .max(10_000),
});

export const deviceFacts = z.object({
  device_id: id,
  facts,
  template: z.string().nullable(),
  confidence: z.number().nullable(),
  /** Why this template. */
  reasons: z.array(z.string()),
  found_at: timestamp.nullable(),
});
