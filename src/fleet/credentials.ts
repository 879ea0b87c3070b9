/** Credential profiles: what is secret is sealed before it is stored, and opened only where it is used. */
import type { SecretBox } from '../config/secrets.ts';
import type { CredentialProfileRecord } from '../db/credential-profiles.ts';
import type { Repositories } from '../db/repositories.ts';
import { keepUnique } from '../db/unique.ts';
import type { Clock } from '../lib/clock.ts';
import { type CredentialType, credentialRecord } from '../model/collector-config.ts';
import { Refusal } from '../model/refusal.ts';
import type { TenantId } from '../model/tenant.ts';
import type { CollectorConfiguration } from './configuration.ts';

/** A profile as it comes in: what is public and what is secret are told apart already. */
export interface CredentialValues {
  readonly name: string;
  readonly type: CredentialType;
  readonly public: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Stored secrets that stay when they are not given anew; others go. */
  readonly keep?: readonly string[];
}

/** Ready to be used by a probe. Never logged, never answered. */
export interface OpenCredential {
  readonly type: CredentialType;
  readonly public: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}

export interface CredentialsOptions {
  readonly repositories: Pick<Repositories, 'credentialProfiles' | 'monitors' | 'transaction'>;
  readonly secrets: Pick<SecretBox, 'seal' | 'open'>;
  readonly configuration: CollectorConfiguration;
  readonly clock: Clock;
}

export class Credentials {
  readonly #options: CredentialsOptions;

  constructor(options: CredentialsOptions) {
    this.#options = options;
  }

  /** @throws Refusal when there is none of this tenant */
  get(tenant: TenantId, id: number): CredentialProfileRecord {
    const record = this.#options.repositories.credentialProfiles.get(tenant, id);
    if (!record) throw Refusal.notFound('Credential Profile');
    return record;
  }

  /** @throws Refusal when the name is taken */
  create(tenant: TenantId, values: CredentialValues): CredentialProfileRecord {
    const { credentialProfiles } = this.#options.repositories;
    const { name, type } = values;
    const seal = (id: number) => this.#seal(tenant, id, values.secrets);
    const id = keepUnique('name', 'Credential Profile', () =>
      credentialProfiles.insert(tenant, { name, type, public: { ...values.public } }, seal, this.#now()),
    );
    return this.get(tenant, id);
  }

  /** Replaces all but the secrets that `keep` names. @throws Refusal */
  replace(tenant: TenantId, id: number, values: CredentialValues): CredentialProfileRecord {
    const before = this.get(tenant, id);
    const inUse = before.monitor_count + before.discovery_profile_count;
    if (before.type !== values.type && inUse > 0) {
      throw new Refusal('conflict', 'The type of a Credential Profile in use cannot change: make another one', [
        { path: 'type', message: `must stay ${before.type} while the profile is in use` },
      ]);
    }
    const kept = Object.entries(before.sealed).filter(([key]) => values.keep?.includes(key));
    const sealed = { ...Object.fromEntries(kept), ...this.#seal(tenant, id, values.secrets) };
    const { name, type } = values;
    const change = { name, type, public: { ...values.public }, sealed };
    keepUnique('name', 'Credential Profile', () =>
      this.#options.repositories.credentialProfiles.update(tenant, id, change, this.#now()),
    );
    this.#options.configuration.touch(this.#options.repositories.monitors.devicesOfCredential(id));
    return this.get(tenant, id);
  }

  /** @throws Refusal while monitors or discovery profiles use it */
  delete(tenant: TenantId, id: number): CredentialProfileRecord {
    return this.#options.repositories.transaction(() => {
      const record = this.get(tenant, id);
      if (record.monitor_count > 0) {
        throw new Refusal('in_use', `Credential Profile in use by ${record.monitor_count} monitor(s)`);
      }
      if (record.discovery_profile_count > 0) {
        throw new Refusal(
          'in_use',
          `Credential Profile in use by ${record.discovery_profile_count} discovery profile(s)`,
        );
      }
      this.#options.repositories.credentialProfiles.delete(tenant, id);
      return record;
    });
  }

  /** With its secrets in the clear, for a test or a scan. @throws Refusal, SecretError */
  open(tenant: TenantId, id: number): OpenCredential {
    const record = this.get(tenant, id);
    const secrets = Object.entries(record.sealed).map(([key, sealed]) => [
      key,
      this.#options.secrets.open(sealed, { tenant, record: credentialRecord(String(id), key) }),
    ]);
    return { type: record.type, public: record.public, secrets: Object.fromEntries(secrets) };
  }

  #seal(tenant: TenantId, id: number, secrets: Readonly<Record<string, string>>): Record<string, string> {
    const sealed = Object.entries(secrets).map(([key, value]) => [
      key,
      this.#options.secrets.seal(value, { tenant, record: credentialRecord(String(id), key) }),
    ]);
    return Object.fromEntries(sealed);
  }

  #now(): Date {
    return new Date(this.#options.clock.nowMs());
  }
}
