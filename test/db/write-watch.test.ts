/** A disk that fills up under SQLite: told in health while reading goes on, and over when there is room again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'drizzle-orm';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { createRepositories } from '../../src/db/repositories.ts';
import { WriteWatch } from '../../src/db/write-watch.ts';

const FULL = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
const UNIQUE = Object.assign(new Error('UNIQUE constraint failed'), { code: 'SQLITE_CONSTRAINT_UNIQUE' });

function fail(writes: WriteWatch, error: Error): void {
  assert.throws(() =>
    writes.during(() => {
      throw error;
    }),
  );
}

test('a failure is told until a write has succeeded and half a minute is over', () => {
  let now = 0;
  const writes = new WriteWatch(() => now);
  writes.during(() => {});
  assert.equal(writes.problem(), undefined);
  fail(writes, FULL);
  assert.match(writes.problem() ?? '', /^The disk of the data folder is full: .*Make room there/);
  now = 100_000;
  assert.ok(writes.problem(), 'nothing was written since');
  fail(writes, new Error('wrapped by a library', { cause: FULL }));
  writes.during(() => {});
  now += 29_999;
  assert.ok(writes.problem(), 'a small write may have found room');
  now += 1;
  assert.equal(writes.problem(), undefined);
});

test('what is wrong with the data itself is no failure of the disk', () => {
  const writes = new WriteWatch(() => 0);
  fail(writes, UNIQUE);
  assert.equal(writes.problem(), undefined);
  fail(writes, Object.assign(new Error('attempt to write a readonly database'), { code: 'SQLITE_READONLY_DBMOVED' }));
  assert.match(writes.problem() ?? '', /cannot be written: .*readonly database/);
});

/** SQLite behaves as on a full disk once it may not grow. */
function fill(db: Database): void {
  db.sql.get(sql`PRAGMA max_page_count = 1`);
}

const LARGE = 'x'.repeat(3_000_000);

for (const [what, write] of Object.entries({
  'a statement': (db: Database) => createRepositories(db).templates.save(1, 'a', LARGE, new Date()),
  'a statement that answers': (db: Database) => createRepositories(db).tenants.insert(LARGE, new Date()),
  'a transaction': (db: Database) =>
    db.transaction(() => createRepositories(db).templates.save(1, 'a', LARGE, new Date())),
})) {
  test(`${what} that finds no room is noticed, and reading goes on`, async () => {
    const db = await openDatabase(':memory:');
    const repositories = createRepositories(db);
    assert.equal(repositories.writeProblem(), undefined);
    fill(db);
    assert.throws(() => write(db), /full/);
    assert.match(repositories.writeProblem() ?? '', /is full/);
    assert.equal(repositories.tenants.all().length, 1);
    db.close();
  });
}
