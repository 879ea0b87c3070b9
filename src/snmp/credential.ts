/** How to speak to a device: version, community or user, port. Secrets are open here; never log one. */

/** As they are called on the devices. `AES-192` and `AES-256` stretch keys as Blumenthal's draft says, `-C` as Cisco does. */
export const AUTH_PROTOCOLS = ['MD5', 'SHA', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512'] as const;
export const PRIV_PROTOCOLS = ['DES', 'AES', 'AES-192', 'AES-256', 'AES-192-C', 'AES-256-C'] as const;
export const SECURITY_LEVELS = ['noAuthNoPriv', 'authNoPriv', 'authPriv'] as const;
export type AuthProtocol = (typeof AUTH_PROTOCOLS)[number];
export type PrivProtocol = (typeof PRIV_PROTOCOLS)[number];
export type SecurityLevel = (typeof SECURITY_LEVELS)[number];

export const SNMP_PORT = 161;

export interface CommunityCredential {
  readonly version: 'v1' | 'v2c';
  readonly community: string;
  readonly port: number;
}

export interface UserCredential {
  readonly version: 'v3';
  readonly username: string;
  readonly level: SecurityLevel;
  /** Used from `authNoPriv` upwards. */
  readonly authProtocol: AuthProtocol;
  readonly authPassword: string;
  /** Used at `authPriv`. */
  readonly privProtocol: PrivProtocol;
  readonly privPassword: string;
  readonly context: string;
  readonly port: number;
}

export type SnmpCredential = CommunityCredential | UserCredential;
