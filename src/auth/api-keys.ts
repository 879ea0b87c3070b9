/** Keys of scripts and tools. The key itself is shown once and stored only as a hash. */
import type { ApiKeyRecord } from '../db/api-keys.ts';
import type { Repositories } from '../db/repositories.ts';
import { keepUnique } from '../db/unique.ts';
import type { Clock } from '../lib/clock.ts';
import { Refusal } from '../model/refusal.ts';
import type { Role } from '../model/role.ts';
import type { TenantId } from '../model/tenant.ts';
import { API_KEY_PREFIX, hashToken, newToken } from './tokens.ts';

/** `last_used_at` is kept to about this, so that a busy key does not write at every request. */
const USE_RESOLUTION_MS = 10 * 60_000;

export interface NewApiKey {
  readonly name: string;
  readonly role: Role;
  readonly expires_at: Date | null;
  readonly created_by: string;
}

export class ApiKeys {
  readonly #keys: Repositories['apiKeys'];
  readonly #clock: Clock;

  constructor(repositories: Pick<Repositories, 'apiKeys'>, clock: Clock) {
    this.#keys = repositories.apiKeys;
    this.#clock = clock;
  }

  /** @throws Refusal when the name is taken or the time is past */
  create(tenant: TenantId, wanted: NewApiKey): ApiKeyRecord & { key: string } {
    const now = this.#clock.nowMs();
    if (wanted.expires_at && wanted.expires_at.getTime() <= now)
      throw Refusal.invalid('expires_at', 'must be in the future');
    const key = newToken(API_KEY_PREFIX);
    const record = keepUnique('name', 'API key', () =>
      this.#keys.insert({
        ...wanted,
        tenant_id: tenant,
        prefix: key.slice(0, API_KEY_PREFIX.length + 6),
        key_hash: hashToken(key),
        created_at: new Date(now),
      }),
    );
    return { ...record, key };
  }

  /** The record of a key that is still good. */
  find(key: string): ApiKeyRecord | undefined {
    const record = this.#keys.byHash(hashToken(key));
    const now = this.#clock.nowMs();
    if (!record || (record.expires_at && record.expires_at.getTime() <= now)) return undefined;
    if (now - (record.last_used_at?.getTime() ?? 0) > USE_RESOLUTION_MS) this.#keys.markUsed(record.id, new Date(now));
    return record;
  }
}
