/**
 * The configuration document of a collector: what the server's own collect thread is fed and what a remote collector
 * pulls are the same document. JSON Schema: `schema/collector-config.json`.
 */
import type { FieldMetadata } from './field.ts';
import type { InterfaceRule } from './interface-rule.ts';
import type { TenantId } from './tenant.ts';

/** Credential profile types that probes understand. */
export const CREDENTIAL_TYPES = ['snmp_v1', 'snmp_v2c', 'snmp_v3', 'http_basic', 'winrm'] as const;
export type CredentialType = (typeof CREDENTIAL_TYPES)[number];

/** `public` holds what is no secret (user name, levels, port); `sealed` holds each secret as sealed text. */
export interface SealedCredential {
  readonly id: string;
  readonly type: CredentialType;
  readonly public: Readonly<Record<string, unknown>>;
  readonly sealed: Readonly<Record<string, string>>;
}

/** A plugin that people added: a program in the `plugins` folder of the collector's data folder. */
export interface PluginSection {
  readonly id: string;
  readonly tenant_id: TenantId;
  readonly name: string;
  /** Plain file name. */
  readonly executable: string;
  readonly arguments: readonly string[];
  readonly timeout_s: number;
  readonly credential_types: readonly CredentialType[];
  /** JSON Schema of a monitor's settings. */
  readonly settings_schema: Readonly<Record<string, unknown>>;
  readonly fields: readonly FieldMetadata[];
}

export interface MonitorSection {
  readonly monitor_id: string;
  readonly plugin_id: string;
  readonly interval_s: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credential_id?: string;
}

export interface DeviceSection {
  readonly device_id: string;
  readonly tenant_id: TenantId;
  /** Changes when anything in this section changes. */
  readonly hash: string;
  /** IPv4, IPv6 or DNS name. */
  readonly address: string;
  /** Chosen template, or absent: recognise. */
  readonly template?: string;
  /** Budget of request packets per second to this device. */
  readonly packets_per_second: number;
  /** Interfaces by `ifname` whose polling a person has decided. */
  readonly interfaces: Readonly<Record<string, boolean>>;
  /** What the tenant's rules say of the others; absent: there are none. */
  readonly interface_rules?: readonly InterfaceRule[];
  readonly monitors: readonly MonitorSection[];
}

export interface CollectorConfig {
  readonly format: 1;
  /** Opaque; the ETag of the document. */
  readonly revision: string;
  readonly credentials: Readonly<Record<string, SealedCredential>>;
  /** Templates added by users, by `tenantKey`; the built-in ones ship with the executable. */
  readonly templates: Readonly<Record<string, unknown>>;
  /** Added plugins that a monitor uses, by `tenantKey`; the built-in ones ship with the executable. */
  readonly plugins: Readonly<Record<string, PluginSection>>;
  readonly devices: readonly DeviceSection[];
}

/** What changed since the revision that the collector has. */
export interface CollectorConfigDelta {
  readonly format: 1;
  readonly from_revision: string;
  readonly revision: string;
  readonly credentials: Readonly<Record<string, SealedCredential | null>>;
  readonly templates: Readonly<Record<string, unknown>>;
  readonly plugins: Readonly<Record<string, PluginSection | null>>;
  readonly changed: readonly DeviceSection[];
  readonly removed: readonly string[];
}

/** The record that a credential's secret is sealed for: both sides of the document must say the same. */
export function credentialRecord(credentialId: string, key: string): string {
  return `credential_profile:${credentialId}:${key}`;
}

/** Tenants name their templates and plugins independently of each other. IDs of templates may hold a slash themselves. */
export function tenantKey(tenant: TenantId, id: string): string {
  return `${tenant}/${id}`;
}

/** The tenant of a key made by `tenantKey`. */
export function tenantOfKey(key: string): TenantId {
  return Number(key.slice(0, key.indexOf('/')));
}
