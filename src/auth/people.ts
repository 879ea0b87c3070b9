/** Users and what may be done to them: names are unique, and a tenant never loses its last administrator. */
import type { Repositories } from '../db/repositories.ts';
import { keepUnique } from '../db/unique.ts';
import type { UserRecord, UserRole } from '../db/users.ts';
import type { Clock } from '../lib/clock.ts';
import { Refusal } from '../model/refusal.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Passwords } from './passwords.ts';
import type { Sessions } from './sessions.ts';

export interface PeopleOptions {
  readonly repositories: Pick<Repositories, 'users' | 'transaction'>;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly clock: Clock;
}

export interface NewPerson {
  readonly username: string;
  readonly password: string;
  readonly role: UserRole;
  readonly disabled?: boolean | undefined;
}

export interface PersonChange {
  readonly password?: string | undefined;
  readonly role?: UserRole | undefined;
  readonly disabled?: boolean | undefined;
}

export class People {
  readonly #options: PeopleOptions;

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  /** @throws Refusal when the name is taken */
  async create(tenant: TenantId, person: NewPerson): Promise<UserRecord> {
    const password_hash = await this.#options.passwords.hash(person.password);
    return keepUnique('username', 'user', () =>
      this.#options.repositories.users.insert(
        {
          tenant_id: tenant,
          username: person.username,
          password_hash,
          role: person.role,
          disabled: person.disabled ?? false,
        },
        this.#now(),
      ),
    );
  }

  /** The first administrator of the installation. @throws Refusal when there is somebody already */
  async createFirst(tenant: TenantId, username: string, password: string): Promise<UserRecord> {
    const { users, transaction } = this.#options.repositories;
    const password_hash = await this.#options.passwords.hash(password);
    return transaction(() => {
      if (users.count() > 0) throw new Refusal('conflict', 'The first run is over: an administrator exists. Log in.');
      return users.insert({ tenant_id: tenant, username, password_hash, role: 'admin' }, this.#now());
    });
  }

  /** @throws Refusal for an unknown user, or when it would leave no administrator */
  async update(tenant: TenantId, id: number, change: PersonChange): Promise<UserRecord> {
    const { users, transaction } = this.#options.repositories;
    if (!users.get(tenant, id)) throw Refusal.notFound('User');
    const password_hash =
      change.password === undefined ? undefined : await this.#options.passwords.hash(change.password);
    return transaction(() => {
      const user = this.#get(tenant, id);
      const staysAdmin = (change.role ?? user.role) === 'admin' && !(change.disabled ?? user.disabled);
      if (!staysAdmin) this.#keepAnAdmin(user);
      users.update(tenant, id, {
        role: change.role ?? user.role,
        disabled: change.disabled ?? user.disabled,
        ...(password_hash === undefined ? {} : { password_hash }),
      });
      if (change.disabled || password_hash !== undefined) this.#options.sessions.endAllOf(id);
      return this.#get(tenant, id);
    });
  }

  /** Somebody's own password; ends the other sessions. Returns false when the current one is wrong. */
  async changePassword(user: UserRecord, current: string, wanted: string, token?: string): Promise<boolean> {
    if (!(await this.#options.passwords.verify(user.password_hash, current))) return false;
    const password_hash = await this.#options.passwords.hash(wanted);
    this.#options.repositories.users.update(user.tenant_id, user.id, { password_hash });
    this.#options.sessions.endAllOf(user.id, token);
    return true;
  }

  /** From the command line, when nobody can log in any more. Also enables the user. */
  async resetPassword(username: string, password: string): Promise<UserRecord | undefined> {
    const user = this.#options.repositories.users.byName(username);
    if (!user) return undefined;
    const password_hash = await this.#options.passwords.hash(password);
    this.#options.repositories.users.update(user.tenant_id, user.id, { password_hash, disabled: false });
    this.#options.sessions.endAllOf(user.id);
    return user;
  }

  /** @throws Refusal for an unknown user or the last administrator */
  delete(tenant: TenantId, id: number): UserRecord {
    const { users, transaction } = this.#options.repositories;
    return transaction(() => {
      const user = this.#get(tenant, id);
      this.#keepAnAdmin(user);
      users.delete(tenant, id);
      return user;
    });
  }

  #get(tenant: TenantId, id: number): UserRecord {
    const user = this.#options.repositories.users.get(tenant, id);
    if (!user) throw Refusal.notFound('User');
    return user;
  }

  #keepAnAdmin(user: UserRecord): void {
    if (user.role !== 'admin' || user.disabled) return;
    if (this.#options.repositories.users.adminCount(user.tenant_id) > 1) return;
    throw new Refusal('in_use', `${user.username} is the last administrator: make another one first`);
  }

  #now(): Date {
    return new Date(this.#options.clock.nowMs());
  }
}
