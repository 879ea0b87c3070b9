/** Reusable credentials. Secrets are write-only: answers name those that are set and never hold them. */
import { z } from 'zod';
import { CREDENTIAL_TYPES } from '../../model/collector-config.ts';
import { id, listQuery, name, timestamp } from './common.ts';

export const SECURITY_LEVELS = ['noAuthNoPriv', 'authNoPriv', 'authPriv'] as const;
export const AUTH_PROTOCOLS = ['MD5', 'SHA', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512'] as const;
/** AES is AES-128; the longer ones exist in two key extensions (Blumenthal, and Reeder's with -C as Cisco does it). */
export const PRIV_PROTOCOLS = ['DES', 'AES', 'AES-192', 'AES-256', 'AES-192-C', 'AES-256-C'] as const;

/** Accepts `sha256`, `SHA256` and `SHA-256` alike. */
function protocol<const T extends readonly [string, ...string[]]>(names: T) {
  const plain = (value: string) => value.toUpperCase().replaceAll(/[-_]/g, '');
  const canonical = (value: unknown) =>
    typeof value === 'string' ? (names.find((entry) => plain(entry) === plain(value)) ?? value) : value;
  return z.preprocess(canonical, z.enum(names)).meta({ enum: [...names] });
}

const secret = z.string().min(1, 'must not be empty').max(1000);
const port = z.int().min(1).max(65535);
const community = z.string().min(1, 'must not be empty').max(255);
/** RFC 3414, 11.2: passwords shorter than 8 octets are not allowed. */
const usmPassword = z.string().min(8, 'must have at least 8 characters (RFC 3414)').max(255);
const login = z.string().min(1, 'must not be empty').max(255);

const types = {
  snmp_v1: { community: community.optional(), port: port.optional() },
  snmp_v2c: { community: community.optional(), port: port.optional() },
  snmp_v3: {
    username: z.string().min(1, 'must not be empty').max(32),
    security_level: z.enum(SECURITY_LEVELS),
    auth_protocol: protocol(AUTH_PROTOCOLS).optional(),
    auth_password: usmPassword.optional(),
    priv_protocol: protocol(PRIV_PROTOCOLS).optional(),
    priv_password: usmPassword.optional(),
    context: z.string().max(255).optional(),
    port: port.optional(),
  },
  http_basic: { username: login, password: secret.optional() },
  winrm: {
    username: login,
    password: secret.optional(),
    domain: z.string().max(255).optional(),
    port: port.optional(),
    use_ssl: z.boolean().optional(),
  },
};

/** Keys that are sealed, by type. On `PUT`, a secret that is left out keeps its value. */
export const SECRET_KEYS = {
  snmp_v1: ['community'],
  snmp_v2c: ['community'],
  snmp_v3: ['auth_password', 'priv_password'],
  http_basic: ['password'],
  winrm: ['password'],
} as const;

export const credentialType = z.enum(CREDENTIAL_TYPES);

export const credentialProfileInput = z.discriminatedUnion('type', [
  z.strictObject({ name, type: z.literal('snmp_v1'), ...types.snmp_v1 }),
  z.strictObject({ name, type: z.literal('snmp_v2c'), ...types.snmp_v2c }),
  z.strictObject({ name, type: z.literal('snmp_v3'), ...types.snmp_v3 }),
  z.strictObject({ name, type: z.literal('http_basic'), ...types.http_basic }),
  z.strictObject({ name, type: z.literal('winrm'), ...types.winrm }),
]);

/** The settings that are no secret stand beside `name` and `type`, as in the input. */
export const credentialProfile = z.looseObject({
  id,
  name: z.string(),
  type: credentialType,
  /** Names of the secrets that are set. */
  secrets: z.array(z.string()),
  monitor_count: z.int(),
  discovery_profile_count: z.int(),
  created_at: timestamp,
  updated_at: timestamp,
});

export const credentialListQuery = listQuery.extend({
  type: credentialType.optional(),
  q: z.string().max(200).optional(),
});

const address = z.string().trim().min(1, 'must not be empty').max(253);
export const credentialTestInput = z.strictObject({ address });
/** A test before anything is stored: a credential (name optional) and the address to try it on. */
export const unsavedCredentialTestInput = z.discriminatedUnion('type', [
  z.strictObject({ address, name: name.optional(), type: z.literal('snmp_v1'), ...types.snmp_v1 }),
  z.strictObject({ address, name: name.optional(), type: z.literal('snmp_v2c'), ...types.snmp_v2c }),
  z.strictObject({ address, name: name.optional(), type: z.literal('snmp_v3'), ...types.snmp_v3 }),
  z.strictObject({ address, name: name.optional(), type: z.literal('http_basic'), ...types.http_basic }),
  z.strictObject({ address, name: name.optional(), type: z.literal('winrm'), ...types.winrm }),
]);

/** What works and, where it does not, why and what to change. */
export const credentialTestResult = z.object({
  ok: z.boolean(),
  /** One sentence for the person who asked. */
  message: z.string(),
  /** Stable word of the failure, e.g. `timeout`, `wrong_digest`. */
  code: z.string().optional(),
  duration_ms: z.number(),
  /** What the device said of itself. */
  facts: z.record(z.string(), z.string()).optional(),
  /** What it would be recognised as, how surely (0 to 1), and why. */
  template: z.string().optional(),
  confidence: z.number().optional(),
  reasons: z.array(z.string()).optional(),
});
