/** What the command line does to the data folder of a server, running or not. */
import fs from 'node:fs';
import path from 'node:path';
import { Passwords } from '../auth/passwords.ts';
import { People } from '../auth/people.ts';
import { Sessions } from '../auth/sessions.ts';
import { openDatabase } from '../db/database.ts';
import { createRepositories } from '../db/repositories.ts';
import { systemClock } from '../lib/clock.ts';
import { setNativeFolder } from '../lib/native.ts';

/** The verb needs a data folder with a server's database in it. */
export class NoServerError extends Error {
  override readonly name = 'NoServerError';
}

/** @throws NoServerError for a folder without a database, Error for an unknown user */
export async function resetPasswordOf(dataFolder: string, username: string, password: string): Promise<void> {
  const database = databaseIn(dataFolder);
  const db = await openDatabase(database);
  try {
    const repositories = createRepositories(db);
    const sessions = new Sessions(repositories.sessions, systemClock);
    const people = new People({ repositories, passwords: new Passwords(), sessions, clock: systemClock });
    const user = await people.resetPassword(username, password);
    if (user) {
      repositories.journal.addAudit({
        tenant_id: user.tenant_id,
        at: new Date(systemClock.nowMs()),
        actor: 'command line',
        address: null,
        action: 'user.reset_password',
        target: `users/${user.id}`,
        detail: null,
      });
      return;
    }
    const known = repositories.users.names();
    const remedy =
      known.length > 0
        ? `Users are: ${known.join(', ')}.`
        : 'Nobody is: the first page that is opened makes the first.';
    throw new Error(`There is no user ${username} in ${dataFolder}. ${remedy}`);
  } finally {
    db.close();
  }
}

/** The database file of a data folder. @throws NoServerError */
export function databaseIn(dataFolder: string): string {
  const folder = path.resolve(dataFolder);
  const database = path.join(folder, 'telltale.db');
  if (!fs.existsSync(database)) {
    throw new NoServerError(`There is no Telltale data in ${folder}. Name its folder with --data.`);
  }
  setNativeFolder(path.join(folder, 'native'));
  return database;
}
