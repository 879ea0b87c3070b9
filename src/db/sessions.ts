/** Sessions of people. Only a hash of the token is stored: who reads the file cannot log in with it. */
import { and, eq, lte, ne, sql } from 'drizzle-orm';
import { sessions, users } from '../../schema/people.ts';
import type { Database } from './database.ts';
import { Remembered } from './remembered.ts';
import type { UserRecord } from './users.ts';

export type SessionRecord = typeof sessions.$inferSelect;

export class SessionRepository {
  readonly #db: Database;
  readonly #byHash: Remembered<{ session: SessionRecord; user: UserRecord }>;

  constructor(db: Database) {
    this.#db = db;
    const find = prepareFind(db);
    this.#byHash = new Remembered(db, (tokenHash) => find.get({ tokenHash }));
  }

  insert(session: SessionRecord): void {
    this.#db.sql.insert(sessions).values(session).run();
  }

  /** The session with its user, as both are now. */
  find(tokenHash: string): { session: SessionRecord; user: UserRecord } | undefined {
    return this.#byHash.get(tokenHash);
  }

  delete(tokenHash: string): void {
    this.#db.sql.delete(sessions).where(eq(sessions.token_hash, tokenHash)).run();
  }

  /** Ends a user's sessions, but for one. */
  deleteOfUser(userId: number, exceptTokenHash = ''): void {
    const condition = and(eq(sessions.user_id, userId), ne(sessions.token_hash, exceptTokenHash));
    this.#db.sql.delete(sessions).where(condition).run();
  }

  deleteExpired(now: Date): void {
    this.#db.sql.delete(sessions).where(lte(sessions.expires_at, now)).run();
  }
}

function prepareFind(db: Database) {
  return db.sql
    .select({ session: sessions, user: users })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.user_id))
    .where(eq(sessions.token_hash, sql.placeholder('tokenHash')))
    .prepare();
}
