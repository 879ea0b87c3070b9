/** What is remembered of the database is never older than the database. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'drizzle-orm';
import { openDatabase } from '../../src/db/database.ts';
import { Remembered } from '../../src/db/remembered.ts';

test('an answer is kept until something is written, also when the write is taken back', async () => {
  const db = await openDatabase(':memory:');
  db.sql.run(sql`CREATE TABLE t (k TEXT PRIMARY KEY, v INTEGER)`);
  db.sql.run(sql`INSERT INTO t VALUES ('a', 1)`);
  let asked = 0;
  const remembered = new Remembered(db, (key) => {
    asked++;
    return db.sql.get<{ v: number }>(sql`SELECT v FROM t WHERE k = ${key}`);
  });
  assert.equal(remembered.get('a')?.v, 1);
  assert.equal(remembered.get('a')?.v, 1);
  assert.equal(asked, 1);
  assert.equal(remembered.get('b'), undefined);
  assert.equal(remembered.get('b'), undefined);
  assert.equal(asked, 3, 'that there is none is not kept');
  db.sql.run(sql`UPDATE t SET v = 2`);
  assert.equal(remembered.get('a')?.v, 2);
  assert.throws(() =>
    db.transaction(() => {
      db.sql.run(sql`UPDATE t SET v = 3`);
      assert.equal(remembered.get('a')?.v, 3);
      throw new Error('taken back');
    }),
  );
  assert.equal(remembered.get('a')?.v, 2);
  db.close();
});
