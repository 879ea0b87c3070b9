/** Signing and encrypting SNMPv3 messages with derived keys: RFC 3414 sections 6 and 8, RFC 3826, RFC 7860. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AuthProtocol, PrivProtocol } from './credential.ts';

const HMAC: Record<AuthProtocol, { readonly hash: string; readonly codeBytes: number }> = {
  MD5: { hash: 'md5', codeBytes: 12 },
  SHA: { hash: 'sha1', codeBytes: 12 },
  'SHA-224': { hash: 'sha224', codeBytes: 16 },
  'SHA-256': { hash: 'sha256', codeBytes: 24 },
  'SHA-384': { hash: 'sha384', codeBytes: 32 },
  'SHA-512': { hash: 'sha512', codeBytes: 48 },
};

export function authCodeBytes(protocol: AuthProtocol): number {
  return HMAC[protocol].codeBytes;
}

/** The code of a message whose authentication parameters are zero. */
export function authCode(protocol: AuthProtocol, key: Buffer, message: Uint8Array): Buffer {
  const { hash, codeBytes } = HMAC[protocol];
  return createHmac(hash, key).update(message).digest().subarray(0, codeBytes);
}

export function isAuthentic(
  protocol: AuthProtocol,
  key: Buffer,
  message: Uint8Array,
  code: { start: number; end: number },
): boolean {
  if (code.end - code.start !== HMAC[protocol].codeBytes) return false;
  const zeroed = Buffer.from(message);
  zeroed.fill(0, code.start, code.end);
  return timingSafeEqual(authCode(protocol, key, zeroed), message.subarray(code.start, code.end));
}

export interface Encrypted {
  readonly bytes: Buffer;
  readonly salt: Buffer;
}

export function encrypt(
  protocol: PrivProtocol,
  key: Buffer,
  boots: number,
  time: number,
  scopedPdu: Uint8Array,
): Encrypted {
  const salt = randomBytes(8);
  if (protocol === 'DES') {
    const cipher = createCipheriv('des-ede3-cbc', desKey(key), desIv(key, salt)).setAutoPadding(false);
    const padded = Buffer.alloc(Math.ceil(scopedPdu.length / 8) * 8);
    padded.set(scopedPdu);
    return { bytes: Buffer.concat([cipher.update(padded), cipher.final()]), salt };
  }
  const cipher = createCipheriv(`aes-${key.length * 8}-cfb`, key, aesIv(boots, time, salt));
  return { bytes: Buffer.concat([cipher.update(scopedPdu), cipher.final()]), salt };
}

/** The scoped PDU, with padding after it; undefined when the lengths are impossible. */
export function decrypt(
  protocol: PrivProtocol,
  key: Buffer,
  boots: number,
  time: number,
  salt: Uint8Array,
  bytes: Uint8Array,
): Buffer | undefined {
  if (salt.length !== 8) return undefined;
  if (protocol === 'DES') {
    if (bytes.length % 8 !== 0) return undefined;
    const decipher = createDecipheriv('des-ede3-cbc', desKey(key), desIv(key, salt)).setAutoPadding(false);
    return Buffer.concat([decipher.update(bytes), decipher.final()]);
  }
  const decipher = createDecipheriv(`aes-${key.length * 8}-cfb`, key, aesIv(boots, time, salt));
  return Buffer.concat([decipher.update(bytes), decipher.final()]);
}

/** Single DES is triple DES with one key three times; OpenSSL 3 offers only the latter without its legacy provider. */
function desKey(key: Buffer): Buffer {
  const des = key.subarray(0, 8);
  return Buffer.concat([des, des, des]);
}

/** RFC 3414 section 8.1.1.1: the second half of the key, mixed with the salt. */
function desIv(key: Buffer, salt: Uint8Array): Buffer {
  const iv = Buffer.from(key.subarray(8, 16));
  for (let i = 0; i < 8; i++) iv[i]! ^= salt[i]!;
  return iv;
}

/** RFC 3826 section 3.1.2.1: boots, time, salt. */
function aesIv(boots: number, time: number, salt: Uint8Array): Buffer {
  const iv = Buffer.alloc(16);
  iv.writeUInt32BE(boots, 0);
  iv.writeUInt32BE(time, 4);
  iv.set(salt, 8);
  return iv;
}
