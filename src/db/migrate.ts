/**
 * Brings a database to this version's format: `PRAGMA user_version` is the number of the last migration in it.
 * Migrations are plain SQL files, `schema/migrations/NNNN-name.sql`, each run once in a transaction of its own.
 */
import type BetterSqlite from 'better-sqlite3';
import { listAssets, readTextAsset } from '../lib/assets.ts';
import { DatabaseError } from './errors.ts';

/** ASCII `TLTL`: marks the file as ours for `file(1)` and for ourselves. */
const APPLICATION_ID = 0x544c544c;

interface Migration {
  readonly version: number;
  readonly asset: string;
}

function migrations(): Migration[] {
  return listAssets('schema/migrations')
    .filter((name) => name.endsWith('.sql'))
    .map((asset) => ({ asset, version: Number(/\/(\d{4})-[^/]+\.sql$/.exec(asset)?.[1]) }))
    .sort((a, b) => a.version - b.version);
}

/** @throws DatabaseError when the file is somebody else's or a newer version wrote it */
export function migrate(client: BetterSqlite.Database, path: string): void {
  const all = migrations();
  const newest = all.at(-1)?.version ?? 0;
  const version = Number(client.pragma('user_version', { simple: true }));
  const application = Number(client.pragma('application_id', { simple: true }));
  if (application !== APPLICATION_ID && !isEmpty(client)) {
    throw new DatabaseError(`${path} is a database of another program. Choose another data folder.`);
  }
  if (version > newest) {
    throw new DatabaseError(
      `${path} has format ${version}, this version knows formats up to ${newest}. ` +
        'Start the newer version that wrote it, or restore a backup.',
    );
  }
  for (const migration of all) {
    if (migration.version <= version) continue;
    client
      .transaction(() => {
        client.exec(readTextAsset(migration.asset));
        client.pragma(`user_version = ${migration.version}`);
        client.pragma(`application_id = ${APPLICATION_ID}`);
      })
      .immediate();
  }
}

function isEmpty(client: BetterSqlite.Database): boolean {
  return client.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}
