/**
 * Keys of the user-based security model: passwords stretched and bound to an engine ID (RFC 3414 appendix A.2,
 * RFC 7860, and the two ways in use to make them long enough for AES-192 and AES-256). Derived by net-snmp, which is
 * loaded when the first SNMPv3 credential is used.
 */
import type { AuthProtocol, PrivProtocol, UserCredential } from './credential.ts';

export interface UsmKeys {
  readonly auth: Buffer;
  readonly priv: Buffer;
}

/** The part of net-snmp that is used here; its published types leave it out. */
interface KeyDerivation {
  readonly Authentication: {
    authToKeyCache: Record<string, Buffer>;
    passwordToKey(protocol: number, password: string, engineId: Buffer): Buffer;
  };
  readonly Encryption: {
    generateLocalizedKeyBlumenthal: KeyStretch;
    generateLocalizedKeyReeder: KeyStretch;
  };
}
type KeyStretch = (algorithm: { KEY_LENGTH: number }, auth: number, password: string, engineId: Buffer) => Buffer;

const AUTH_NUMBER: Record<AuthProtocol, number> = {
  MD5: 2,
  SHA: 3,
  'SHA-224': 4,
  'SHA-256': 5,
  'SHA-384': 6,
  'SHA-512': 7,
};
const AES_KEY_BYTES: Record<Exclude<PrivProtocol, 'DES'>, number> = {
  AES: 16,
  'AES-192': 24,
  'AES-256': 32,
  'AES-192-C': 24,
  'AES-256-C': 32,
};
const NO_KEY = Buffer.alloc(0);
let derivation: KeyDerivation | undefined;

/** Keys of this user at this engine; empty ones where the level needs none. */
export async function deriveKeys(credential: UserCredential, engineId: Buffer): Promise<UsmKeys> {
  if (credential.level === 'noAuthNoPriv') return { auth: NO_KEY, priv: NO_KEY };
  if (!derivation) {
    const loaded = (await import('net-snmp')) as unknown as { default?: KeyDerivation } & KeyDerivation;
    derivation = loaded.default ?? loaded;
  }
  const { Authentication, Encryption } = derivation;
  const authNumber = AUTH_NUMBER[credential.authProtocol];
  const auth = Authentication.passwordToKey(authNumber, credential.authPassword, engineId);
  let priv: Buffer = NO_KEY;
  if (credential.level === 'authPriv') {
    const { privProtocol, privPassword } = credential;
    if (privProtocol === 'DES') priv = Authentication.passwordToKey(authNumber, privPassword, engineId).subarray(0, 16);
    else {
      const stretch = privProtocol.endsWith('-C')
        ? Encryption.generateLocalizedKeyReeder
        : Encryption.generateLocalizedKeyBlumenthal;
      priv = stretch({ KEY_LENGTH: AES_KEY_BYTES[privProtocol] }, authNumber, privPassword, engineId);
    }
  }
  // The library keeps passwords as keys of its cache for ever; we keep the derived keys ourselves.
  Authentication.authToKeyCache = {};
  return { auth, priv };
}
