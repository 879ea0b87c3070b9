/** What to scan, the scans, and what they found. */
import { z } from 'zod';
import { id, listQuery, name, queryFlag, timestamp } from './common.ts';
import { facts } from './devices.ts';

const addresses = z.string().trim().min(1, 'must not be empty').max(10_000);

const pattern = z.string().trim().min(1, 'must not be empty').max(200);
/** Which findings become devices: all that is said must fit. Patterns may hold * and ?. */
export const importRule = z
  .strictObject({
    /** ID of the template, e.g. `cisco/*`. */
    template: pattern.optional(),
    vendor: pattern.optional(),
    addresses: addresses.optional(),
    min_confidence: z.number().min(0).max(1).optional(),
    /** `icmp`, `snmp`, `tcp/5985`. */
    answered: z.string().min(1).max(20).optional(),
  })
  .refine((rule) => Object.values(rule).some((value) => value !== undefined), 'must say at least one thing');

export const discoveryProfileInput = z
  .strictObject({
    name,
    /** CIDR, range or list, e.g. `10.0.0.0/24, 10.0.1.5-10.0.1.20`. */
    subnet: addresses,
    exclude: addresses.nullable().optional(),
    credential_profile_ids: z.array(id).max(20).optional(),
    /** Short for a list of one. */
    credential_profile_id: id.optional(),
    site: z.string().trim().min(1, 'must not be empty').max(200).optional(),
    component_id: id.nullable().optional(),
    /** Also ask the Windows ports 135, 5985 and 5986. */
    port_scan: z.boolean().optional(),
    /** Other TCP ports to ask: what accepts a connection there has answered. */
    tcp_ports: z.array(z.int().min(1).max(65_535)).max(16).optional(),
    /** Cron expression in the site's time zone. */
    schedule: z.string().max(100).nullable().optional(),
    /** Everything that answers to a credential profile becomes a device, or what of that fits the rule. */
    auto_import: z.boolean().optional(),
    import_rule: importRule.nullable().optional(),
  })
  .refine((value) => value.credential_profile_id === undefined || value.credential_profile_ids === undefined, {
    path: ['credential_profile_id'],
    message: 'must not be given beside credential_profile_ids',
  });

export const discoveryProfile = z.object({
  id,
  name: z.string(),
  subnet: z.string(),
  exclude: z.string().nullable(),
  credential_profile_ids: z.array(id),
  /** The first of them. */
  credential_profile_id: id.nullable(),
  site_id: id,
  site: z.string(),
  component_id: id.nullable(),
  port_scan: z.boolean(),
  tcp_ports: z.array(z.int()),
  schedule: z.string().nullable(),
  auto_import: z.boolean(),
  import_rule: importRule.nullable(),
  last_run_id: id.nullable(),
  last_run_at: timestamp.nullable(),
  created_at: timestamp,
  updated_at: timestamp,
});
export const discoveryProfileListQuery = listQuery.extend({ q: z.string().max(200).optional() });
export const discoveryRunQuery = z.object({ wait: queryFlag.optional() });
export const discoveryStarted = z.object({ run_id: id });

export const discoveryRun = z.object({
  id,
  profile_id: id.nullable(),
  profile: z.string(),
  state: z.enum(['running', 'finished', 'cancelled', 'failed']),
  /** Addresses to look at, looked at, and that answered. */
  total: z.int(),
  scanned: z.int(),
  found: z.int(),
  /** Why it failed, or what it could not do. */
  message: z.string().nullable(),
  started_at: timestamp,
  finished_at: timestamp.nullable(),
});

export const discoveredDevice = z.object({
  id,
  run_id: id,
  profile_id: id.nullable(),
  site: z.string(),
  address: z.string(),
  hostname: z.string().nullable(),
  /** Ways in which it answered, e.g. `icmp`, `snmp`, `tcp/5985`. */
  answered: z.array(z.string()),
  credential_profile_id: id.nullable(),
  template: z.string().nullable(),
  confidence: z.number().nullable(),
  reasons: z.array(z.string()),
  facts,
  /** The device that it was imported as, or that has its address already. */
  device_id: id.nullable(),
  first_seen_at: timestamp,
  last_seen_at: timestamp,
});
export const discoveryFound = z.object({ run_id: id, found: z.int(), devices: z.array(discoveredDevice) });
export const discoveryRunListQuery = listQuery.extend({ profile_id: z.coerce.number().int().positive().optional() });
export const discoveredListQuery = listQuery.extend({
  profile_id: z.coerce.number().int().positive().optional(),
  run_id: z.coerce.number().int().positive().optional(),
  imported: queryFlag.optional(),
  q: z.string().max(200).optional(),
});
export const importInput = z.union([
  z.strictObject({ ids: z.array(id).min(1, 'must not be empty').max(10_000) }),
  z.strictObject({ all: z.literal(true), profile_id: id.optional() }),
  z.strictObject({ rule: importRule, profile_id: id.optional() }),
]);
export const importAnswer = z.object({
  imported: z.int(),
  refused: z.int(),
  results: z.array(z.object({ id, device_id: id.nullable(), detail: z.string().optional() })),
});
