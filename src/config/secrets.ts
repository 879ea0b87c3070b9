/**
 * Seals secrets for SQLite and for the collector's configuration document: AES-256-GCM with the key version, tenant and
 * record as authenticated context, so that a sealed text copied to another record or tenant does not open.
 *
 *   sealed = "s" keyVersion ":" base64url( nonce 12 | ciphertext | tag 16 )
 *
 * Key file: one `version hex64` line a key, newest last; old keys still open what they sealed.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import fs from 'node:fs';

export interface SecretContext {
  readonly tenant: number;
  /** For example `credential_profile:12:community`. */
  readonly record: string;
}

/** A sealed text that does not open: wrong key, wrong record, or damaged. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

export class SecretBox {
  readonly #keys: ReadonlyMap<number, Uint8Array>;
  readonly #newest: number;

  constructor(keys: ReadonlyMap<number, Uint8Array>) {
    this.#keys = keys;
    this.#newest = Math.max(...keys.keys());
  }

  seal(plaintext: string, context: SecretContext): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#keys.get(this.#newest)!, nonce);
    cipher.setAAD(authenticated(this.#newest, context));
    const body = Buffer.concat([nonce, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `s${this.#newest}:${body.toString('base64url')}`;
  }

  /** @throws SecretError */
  open(sealed: string, context: SecretContext): string {
    const match = /^s(\d+):([\w-]+)$/.exec(sealed);
    const version = Number(match?.[1]);
    const key = this.#keys.get(version);
    if (!match || !key) throw new SecretError(`A secret of ${context.record} is sealed with a key that is not here.`);
    const body = Buffer.from(match[2]!, 'base64url');
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, 12), { authTagLength: 16 });
      decipher.setAAD(authenticated(version, context));
      decipher.setAuthTag(body.subarray(-16));
      return Buffer.concat([decipher.update(body.subarray(12, -16)), decipher.final()]).toString('utf8');
    } catch (error) {
      throw new SecretError(`A secret of ${context.record} does not open: enter it again.`, { cause: error });
    }
  }
}

const authenticated = (version: number, context: SecretContext): Buffer =>
  Buffer.from(`telltale\0${version}\0${context.tenant}\0${context.record}`);

/** The text of the key file, made at first start (0600). Threads that open secrets are handed this text. */
export function readOrCreateKeyFile(file: string): string {
  if (!fs.existsSync(file)) {
    // Whole or not at all: half a key would keep the next start from making one.
    const fresh = `${file}.new`;
    const fd = fs.openSync(fresh, 'w', 0o600);
    try {
      fs.writeSync(fd, `1 ${randomBytes(32).toString('hex')}\n`);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(fresh, file);
  }
  return fs.readFileSync(file, 'utf8');
}

/** @throws SecretError when the text is no key file */
export function secretBoxFrom(keyFileText: string): SecretBox {
  const keys = new Map<number, Uint8Array>();
  for (const line of keyFileText.split('\n').filter((text) => text.trim() !== '')) {
    const match = /^(\d+) ([0-9a-f]{64})$/.exec(line.trim());
    if (!match) throw new SecretError('secret.key is damaged: restore it from a backup of the data folder.');
    keys.set(Number(match[1]), Buffer.from(match[2]!, 'hex'));
  }
  if (keys.size === 0) throw new SecretError('secret.key is empty: restore it from a backup of the data folder.');
  return new SecretBox(keys);
}
