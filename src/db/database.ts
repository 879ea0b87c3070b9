/**
 * The open SQLite file: one connection, synchronous, owned by the main thread. WAL keeps readers of a backup from
 * blocking us; `synchronous = FULL` because what the API has answered must survive a power cut.
 *
 * better-sqlite3 is loaded on first use only: inside the executable its add-on can be unpacked no sooner.
 */
import fs from 'node:fs';
import type BetterSqlite from 'better-sqlite3';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { DatabaseError } from './errors.ts';
import { migrate } from './migrate.ts';
import { WriteWatch } from './write-watch.ts';

export type Sql = BetterSQLite3Database<Record<string, never>>;

export interface Database {
  readonly sql: Sql;
  /** Runs `work` in a transaction; nested calls become savepoints. Its statements go through `sql` as always. */
  transaction<T>(work: () => T): T;
  /** Copies the database, consistent, while it is in use. */
  backup(file: string): Promise<void>;
  /** Changes with every write: what was read at the same count still holds. Nobody else writes to the file. */
  writeCount(): number;
  /** Why changes are not stored, in a sentence for people; undefined while they are. */
  writeProblem(): string | undefined;
  /** The first line of SQLite's own integrity check; `ok` when nothing is wrong. */
  check(): string;
  close(): void;
}

/**
 * Opens (or creates) the database and brings it to this version's format.
 * @throws DatabaseError when it cannot be opened, is damaged, or was written by a newer version
 */
export async function openDatabase(path: string): Promise<Database> {
  const [{ default: Client }, { drizzle }] = await Promise.all([
    import('better-sqlite3'),
    import('drizzle-orm/better-sqlite3'),
  ]);
  const client = open(() => {
    keepPrivate(path);
    return new Client(path);
  }, path);
  const writes = new WriteWatch();
  try {
    client.pragma('journal_mode = WAL');
    client.pragma('synchronous = FULL');
    client.pragma('foreign_keys = ON');
    client.pragma('busy_timeout = 5000');
    client.pragma('temp_store = MEMORY');
    migrate(client, path);
    keepStatements(client, writes);
  } catch (error) {
    client.close();
    if (error instanceof DatabaseError) throw error;
    throw new DatabaseError(`${path} cannot be used: ${messageOf(error)}. ${remedyOf(error)}`, { cause: error });
  }
  return {
    sql: drizzle(client),
    transaction: (work) => writes.during(() => client.transaction(work).immediate()),
    writeCount: () => writes.count,
    writeProblem: () => writes.problem(),
    backup: async (file) => void (await client.backup(file)),
    check: () => String(client.pragma('quick_check(1)', { simple: true })),
    close: () => client.close(),
  };
}

/** Hashes of passwords are in it: nobody else reads it, whatever the mode of the folder. Its journals take over its mode. */
function keepPrivate(path: string): void {
  if (path === ':memory:' || process.platform === 'win32') return;
  if (!fs.existsSync(path)) fs.closeSync(fs.openSync(path, 'a', 0o600));
  else if ((fs.statSync(path).mode & 0o077) !== 0) for (const file of journalsOf(path)) fs.chmodSync(file, 0o600);
}

const journalsOf = (path: string): string[] =>
  [path, `${path}-wal`, `${path}-shm`].filter((file) => fs.existsSync(file));

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/SQLITE_(READONLY|CANTOPEN|PERM)/, 'Look at its owner and mode.'],
  [/SQLITE_FULL/, 'Make room on its disk, then start again.'],
  [/SQLITE_(BUSY|LOCKED)/, 'Another program has it open: end that, then start again.'],
  [/SQLITE_IOERR/, 'Look after its disk.'],
];

function remedyOf(error: unknown): string {
  const code = String((error as { code?: unknown }).code);
  return REMEDIES.find(([pattern]) => pattern.test(code))?.[1] ?? 'Restore it from a backup.';
}

/** Statements that are compiled at a time; there are some hundred different ones in all. */
const KEPT_STATEMENTS = 500;

/** Drizzle prepares at every call: most of the time of a small statement is compiling it. */
function keepStatements(client: BetterSqlite.Database, writes: WriteWatch): void {
  const prepare = client.prepare.bind(client) as (source: string) => BetterSqlite.Statement;
  const kept = new Map<string, BetterSqlite.Statement>();
  const prepareOnce = (source: string): BetterSqlite.Statement => {
    let statement = kept.get(source);
    if (!statement) {
      statement = watched(prepare(source), writes);
      if (kept.size >= KEPT_STATEMENTS) kept.clear();
      kept.set(source, statement);
    }
    // Who used it last may have asked for rows as arrays.
    return statement.reader ? statement.raw(false) : statement;
  };
  client.prepare = prepareOnce as typeof client.prepare;
}

/** Tells `writes` of each run of a statement that changes something. */
function watched(statement: BetterSqlite.Statement, writes: WriteWatch): BetterSqlite.Statement {
  if (statement.readonly) return statement;
  const run = statement.run.bind(statement);
  statement.run = (...values) => writes.during(() => run(...values));
  if (statement.reader) {
    const [all, get] = [statement.all.bind(statement), statement.get.bind(statement)];
    statement.all = (...values) => writes.during(() => all(...values));
    statement.get = (...values) => writes.during(() => get(...values));
  }
  return statement;
}

function open<T>(construct: () => T, path: string): T {
  try {
    return construct();
  } catch (error) {
    throw new DatabaseError(`${path} cannot be opened: ${messageOf(error)}. Look at its owner and mode.`, {
      cause: error,
    });
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
