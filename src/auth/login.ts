/** Logging in: guard, password, session. The outcome is a value; who asks decides what to tell. */
import type { Repositories } from '../db/repositories.ts';
import type { UserRecord } from '../db/users.ts';
import type { Clock } from '../lib/clock.ts';
import type { Attempt, Lock, LoginGuard } from './login-guard.ts';
import type { Passwords } from './passwords.ts';
import type { NewSession, Sessions } from './sessions.ts';

export interface LoginOptions {
  readonly repositories: Pick<Repositories, 'users'>;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly guard: LoginGuard;
  readonly clock: Clock;
}

export type LoginOutcome =
  | { readonly kind: 'ok'; readonly user: UserRecord; readonly session: NewSession }
  /** Unknown name, wrong password, or disabled: which one is nobody's business. */
  | { readonly kind: 'refused'; readonly user: UserRecord | undefined }
  | { readonly kind: 'locked'; readonly lock: Lock };

export class Login {
  readonly #options: LoginOptions;

  constructor(options: LoginOptions) {
    this.#options = options;
  }

  async attempt(attempt: Attempt, password: string): Promise<LoginOutcome> {
    const { guard, passwords, repositories } = this.#options;
    const lock = guard.lock(attempt);
    if (lock) return { kind: 'locked', lock };
    // Counted before it is known: attempts sent all at once must not pass the guard together.
    guard.failed(attempt);
    const user = repositories.users.byName(attempt.username);
    const matches = await passwords.verify(user?.password_hash, password);
    if (!user || !matches || user.disabled) return { kind: 'refused', user };
    guard.succeeded(attempt);
    return { kind: 'ok', ...this.begin(user) };
  }

  /** A session without a password, right after the first run. */
  begin(user: UserRecord): { user: UserRecord; session: NewSession } {
    const at = new Date(this.#options.clock.nowMs());
    this.#options.repositories.users.update(user.tenant_id, user.id, { last_login_at: at });
    return { user: { ...user, last_login_at: at }, session: this.#options.sessions.begin(user) };
  }
}
