/**
 * Who is asking and what they may do. A principal belongs to one tenant and can never widen it: every repository and
 * every query takes the tenant from here, never from the request.
 */
import type { Role } from '../model/role.ts';
import type { TenantId } from '../model/tenant.ts';

/** What a role may do. `read` covers the plant; people, keys and the audit log are `admin`. */
export const PERMISSIONS = {
  /** Write samples. */
  ingest: ['ingest', 'operator', 'admin'],
  /** Read the plant: devices, monitors, alerts, events, metrics. */
  read: ['viewer', 'operator', 'admin'],
  /** Devices, monitors, sites, discovery, templates. */
  operate: ['operator', 'admin'],
  /** Acknowledge, resolve, comment; alert rules. */
  alert: ['operator', 'admin'],
  /** People, keys, credentials, channels, plugins, settings, audit. */
  administer: ['admin'],
} as const satisfies Record<string, readonly Role[]>;
export type Permission = keyof typeof PERMISSIONS;

export interface Principal {
  readonly kind: 'user' | 'api_key';
  /** Of the user or the key. */
  readonly id: number;
  /** User name, or name of the key. */
  readonly name: string;
  readonly tenant: TenantId;
  readonly role: Role;
  /** Of a key: the role of the person it belongs to, beyond which it cannot go; absent: it belongs to the organisation. */
  readonly ownerRole?: Role;
  /** The person who answers for it: the user, or the owner of the key; null: the organisation. */
  readonly userId: number | null;
  /** True when the browser's cookie said who it is: writes must then prove their origin. */
  readonly byCookie: boolean;
}

export function may(principal: Principal, permission: Permission): boolean {
  const roles: readonly Role[] = PERMISSIONS[permission];
  return roles.includes(principal.role) && (principal.ownerRole === undefined || roles.includes(principal.ownerRole));
}

/** What to call it where it may not do something: its role, or that of its owner where that is what forbids it. */
export function roleOf({ role, ownerRole }: Principal): string {
  return ownerRole === undefined || ownerRole === 'admin'
    ? `The role ${role}`
    : `A key of somebody with the role ${ownerRole}`;
}

/** As it stands in the audit log: `user:anna`, `api_key:telegraf`. */
export function actorOf(principal: Principal): string {
  return `${principal.kind}:${principal.name}`;
}
