/**
 * Tokens of sessions and keys: 256 random bits. Such a secret cannot be guessed, so a plain SHA-256 of it is what is
 * stored; slow hashes are for passwords, which people choose.
 */
import { createHash, randomBytes } from 'node:crypto';

export const SESSION_PREFIX = 'tts_';
export const API_KEY_PREFIX = 'ttk_';

export function newToken(prefix: string): string {
  return prefix + randomBytes(32).toString('base64url');
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
