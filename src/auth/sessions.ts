/** Sessions of people: made at log-in, good for 24 hours, ended by logging out, by a new password, by disabling. */
import type { SessionRepository } from '../db/sessions.ts';
import type { UserRecord } from '../db/users.ts';
import type { Clock } from '../lib/clock.ts';
import { hashToken, newToken, SESSION_PREFIX } from './tokens.ts';

export const SESSION_LIFE_MS = 24 * 3_600_000;

export interface NewSession {
  readonly token: string;
  readonly expires_at: Date;
}

export class Sessions {
  readonly #repository: SessionRepository;
  readonly #clock: Clock;

  constructor(repository: SessionRepository, clock: Clock) {
    this.#repository = repository;
    this.#clock = clock;
  }

  begin(user: UserRecord): NewSession {
    const token = newToken(SESSION_PREFIX);
    const now = this.#clock.nowMs();
    const expires_at = new Date(now + SESSION_LIFE_MS);
    this.#repository.deleteExpired(new Date(now));
    this.#repository.insert({
      token_hash: hashToken(token),
      tenant_id: user.tenant_id,
      user_id: user.id,
      created_at: new Date(now),
      expires_at,
    });
    return { token, expires_at };
  }

  /** The user of a session that is still good. */
  userOf(token: string): UserRecord | undefined {
    const found = this.#repository.find(hashToken(token));
    if (!found || found.user.disabled || found.session.expires_at.getTime() <= this.#clock.nowMs()) return undefined;
    return found.user;
  }

  end(token: string): void {
    this.#repository.delete(hashToken(token));
  }

  /** All of a user's, but for the one of `exceptToken`. */
  endAllOf(userId: number, exceptToken?: string): void {
    this.#repository.deleteOfUser(userId, exceptToken === undefined ? '' : hashToken(exceptToken));
  }
}
