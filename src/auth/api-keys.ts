/**
 * Keys of scripts and tools. The key itself is shown once and stored only as a hash.
 *
 * A key belongs to the person who made it, or to whom it was handed over: while they may not log in it does not work,
 * it can never do more than they may, and it goes when they go. A key that must outlive people (Telegraf, Prometheus)
 * is given to the organisation, which an administrator says in so many words and everybody sees in the list.
 */
import type { ApiKeyRecord } from '../db/api-keys.ts';
import type { Repositories } from '../db/repositories.ts';
import { keepUnique } from '../db/unique.ts';
import { isStorageFailure } from '../db/write-watch.ts';
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
  /** A user of the tenant; null: the organisation. */
  readonly owner_id: number | null;
}

export class ApiKeys {
  readonly #repositories: Pick<Repositories, 'apiKeys' | 'users'>;
  readonly #clock: Clock;

  constructor(repositories: Pick<Repositories, 'apiKeys' | 'users'>, clock: Clock) {
    this.#repositories = repositories;
    this.#clock = clock;
  }

  /** @throws Refusal when the name is taken, the time is past or the owner unknown */
  create(tenant: TenantId, wanted: NewApiKey): ApiKeyRecord & { key: string } {
    const now = this.#clock.nowMs();
    if (wanted.expires_at && wanted.expires_at.getTime() <= now)
      throw Refusal.invalid('expires_at', 'must be in the future');
    this.#checkOwner(tenant, wanted.owner_id);
    const key = newToken(API_KEY_PREFIX);
    const id = keepUnique('name', 'API key', () =>
      this.#repositories.apiKeys.insert({
        ...wanted,
        tenant_id: tenant,
        prefix: key.slice(0, API_KEY_PREFIX.length + 6),
        key_hash: hashToken(key),
        created_at: new Date(now),
      }),
    );
    return { ...this.get(tenant, id), key };
  }

  /** @throws Refusal when there is none of this tenant */
  get(tenant: TenantId, id: number): ApiKeyRecord {
    const record = this.#repositories.apiKeys.get(tenant, id);
    if (!record) throw Refusal.notFound('API key');
    return record;
  }

  /** Gives a key to another person, or to the organisation (null). @throws Refusal */
  handOver(tenant: TenantId, id: number, ownerId: number | null): ApiKeyRecord {
    this.get(tenant, id);
    this.#checkOwner(tenant, ownerId);
    this.#repositories.apiKeys.setOwner(tenant, id, ownerId);
    return this.get(tenant, id);
  }

  /** The record of a key that is still good. */
  find(key: string): ApiKeyRecord | undefined {
    const record = this.#repositories.apiKeys.byHash(hashToken(key));
    const now = this.#clock.nowMs();
    if (!record || record.owner_disabled || (record.expires_at && record.expires_at.getTime() <= now)) return undefined;
    if (now - (record.last_used_at?.getTime() ?? 0) > USE_RESOLUTION_MS) this.#markUsed(record.id, new Date(now));
    return record;
  }

  /** Who may read or send samples may do so on a full disk too; that it is full, `/health` tells. */
  #markUsed(id: number, at: Date): void {
    try {
      this.#repositories.apiKeys.markUsed(id, at);
    } catch (error) {
      if (!isStorageFailure(error)) throw error;
    }
  }

  #checkOwner(tenant: TenantId, ownerId: number | null): void {
    if (ownerId === null || this.#repositories.users.get(tenant, ownerId)) return;
    throw Refusal.invalid('owner_id', `is not known: there is no user ${ownerId}`);
  }
}
