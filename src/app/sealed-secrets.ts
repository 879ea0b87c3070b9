/** Whether the secrets in the database open with the key file that is there: it may be lost, or another in its place. */
import type { HealthChecks } from '../api/services.ts';
import { type SecretBox, SecretError } from '../config/secrets.ts';
import type { Repositories } from '../db/repositories.ts';
import type { Clock } from '../lib/clock.ts';
import { credentialRecord } from '../model/collector-config.ts';
import { channelRecord } from './notifying.ts';

export interface SealedSecretsOptions {
  readonly repositories: Pick<Repositories, 'credentialProfiles' | 'channels'>;
  readonly secrets: Pick<SecretBox, 'open'>;
  readonly clock: Clock;
}

interface Sealed {
  readonly id: number;
  readonly tenant_id: number;
  readonly sealed: Readonly<Record<string, string>>;
}

const AGAIN_AFTER_MS = 60_000;

export class SealedSecrets {
  readonly #options: SealedSecretsOptions;
  #unreadable = 0;
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(options: SealedSecretsOptions) {
    this.#options = options;
  }

  /** What is wrong, in a sentence; undefined when every secret opens. */
  problem(): string | undefined {
    const { repositories, clock } = this.#options;
    if (clock.monotonicMs() - this.#lookedMs >= AGAIN_AFTER_MS) {
      this.#lookedMs = clock.monotonicMs();
      const profiles = repositories.credentialProfiles.sealed();
      const channels = repositories.channels.sealed();
      this.#unreadable =
        profiles.filter((row) => !this.#opens(row, (key) => credentialRecord(String(row.id), key))).length +
        channels.filter((row) => !this.#opens(row, (key) => channelRecord(row.id, key))).length;
    }
    if (this.#unreadable === 0) return undefined;
    return `The secrets of ${this.#unreadable} credential profile(s) or channel(s) do not open with this secret.key: put back the file that was there, or enter them again.`;
  }

  healthChecks(): HealthChecks {
    const message = this.problem();
    return message === undefined ? {} : { secrets: { status: 'degraded', message } };
  }

  #opens({ tenant_id: tenant, sealed }: Sealed, recordOf: (key: string) => string): boolean {
    try {
      for (const [key, text] of Object.entries(sealed)) {
        this.#options.secrets.open(text, { tenant, record: recordOf(key) });
      }
      return true;
    } catch (error) {
      if (error instanceof SecretError) return false;
      throw error;
    }
  }
}
