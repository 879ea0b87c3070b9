import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { openDatabase } from '../../src/db/database.ts';
import { DatabaseError } from '../../src/db/errors.ts';
import { createRepositories } from '../../src/db/repositories.ts';
import { readTextAsset } from '../../src/lib/assets.ts';

function temporaryFolder() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'telltale-db-'));
  return { file: path.join(folder, 'telltale.db'), [Symbol.dispose]: () => fs.rmSync(folder, { recursive: true }) };
}

async function client(file: string) {
  const { default: Client } = await import('better-sqlite3');
  return new Client(file);
}

test('a new database has the tenant and the site default, write-ahead log and foreign keys', async () => {
  using folder = temporaryFolder();
  const db = await openDatabase(folder.file);
  const repositories = createRepositories(db);
  assert.deepEqual(
    repositories.tenants.all().map((tenant) => tenant.name),
    ['default'],
  );
  assert.equal(repositories.sites.byName(1, 'DEFAULT')?.time_zone, 'UTC');
  assert.ok(fs.existsSync(`${folder.file}-wal`));
  assert.equal(db.check(), 'ok');
  assert.throws(
    () =>
      repositories.monitors.insert(
        1,
        {
          device_id: 7,
          plugin_id: 'icmp',
          credential_profile_id: null,
          polling_interval: 1,
          enabled: true,
          settings: {},
        },
        new Date(),
      ),
    /FOREIGN KEY/,
  );
  db.close();
});

test('every table carries the tenant', async () => {
  using folder = temporaryFolder();
  (await openDatabase(folder.file)).close();
  const raw = await client(folder.file);
  const tables = raw
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all();
  const without = (tables as string[]).filter(
    (table) =>
      !(raw.pragma(`table_info(${table})`) as { name: string }[]).some((column) => column.name === 'tenant_id'),
  );
  raw.close();
  assert.deepEqual(without, ['tenants']);
});

test('keys from before they had owners belong to who made them', async () => {
  using folder = temporaryFolder();
  const raw = await client(folder.file);
  for (const name of ['0001-house', '0002-plugin-fields']) raw.exec(readTextAsset(`schema/migrations/${name}.sql`));
  raw.pragma('user_version = 2');
  raw.pragma(`application_id = ${0x544c544c}`);
  raw.exec(`
    INSERT INTO users (tenant_id, username, password_hash, role, created_at) VALUES (1, 'anna', 'x', 'admin', 0);
    INSERT INTO api_keys (tenant_id, name, role, prefix, key_hash, created_at, created_by) VALUES
      (1, 'hers', 'viewer', 'p', 'a', 0, 'user:anna'), (1, 'of nobody', 'viewer', 'p', 'b', 0, 'api_key:x');
  `);
  raw.close();
  const db = await openDatabase(folder.file);
  const { data } = createRepositories(db).apiKeys.list(1, {});
  assert.deepEqual(
    data.map(({ name, owner }) => [name, owner]),
    [
      ['hers', 'anna'],
      ['of nobody', null],
    ],
  );
  db.close();
});

test('opening again changes nothing', async () => {
  using folder = temporaryFolder();
  const first = await openDatabase(folder.file);
  createRepositories(first).tenants.insert('second', new Date());
  first.close();
  const again = await openDatabase(folder.file);
  assert.equal(createRepositories(again).tenants.all().length, 2);
  again.close();
});

test('a newer format is refused with what to do, and left as it is', async () => {
  using folder = temporaryFolder();
  (await openDatabase(folder.file)).close();
  const raw = await client(folder.file);
  raw.pragma('user_version = 9999');
  raw.close();
  await assert.rejects(openDatabase(folder.file), (error: Error) => {
    assert.ok(error instanceof DatabaseError);
    assert.match(error.message, /has format 9999, this version knows formats up to \d+\. Start the newer version/);
    return true;
  });
  const after = await client(folder.file);
  assert.equal(after.pragma('user_version', { simple: true }), 9999);
  after.close();
});

test("another program's database is refused", async () => {
  using folder = temporaryFolder();
  const raw = await client(folder.file);
  raw.exec('CREATE TABLE theirs (x)');
  raw.close();
  await assert.rejects(openDatabase(folder.file), /is a database of another program/);
});

test('a damaged file and a folder that is not there are said so', async () => {
  using folder = temporaryFolder();
  fs.writeFileSync(folder.file, 'this is no database, whatever its name says. '.repeat(100));
  await assert.rejects(openDatabase(folder.file), /cannot be used: file is not a database. Restore it from a backup/);
  await assert.rejects(openDatabase(path.join(path.dirname(folder.file), 'no', 'x.db')), /cannot be opened/);
});

test('nobody else may read it, also one from before', async () => {
  using folder = temporaryFolder();
  const modes = () => [folder.file, `${folder.file}-wal`].map((file) => (fs.statSync(file).mode & 0o777).toString(8));
  let db = await openDatabase(folder.file);
  assert.deepEqual(modes(), ['600', '600']);
  db.close();
  fs.chmodSync(folder.file, 0o644);
  db = await openDatabase(folder.file);
  assert.deepEqual(modes(), ['600', '600']);
  db.close();
});

test('what was written is there after a kill', async () => {
  using folder = temporaryFolder();
  const db = await openDatabase(folder.file);
  createRepositories(db).tenants.insert('second', new Date());
  // As the disk stands without a clean close: the files are copied while the database is open.
  const copy = `${folder.file}.copy`;
  fs.copyFileSync(folder.file, copy);
  fs.copyFileSync(`${folder.file}-wal`, `${copy}-wal`);
  const after = await openDatabase(copy);
  assert.equal(createRepositories(after).tenants.all().length, 2);
  after.close();
  db.close();
});

test('a transaction that fails leaves nothing behind, an inner one alone only its own', async () => {
  const db = await openDatabase(':memory:');
  const { tenants, transaction } = createRepositories(db);
  const now = new Date();
  assert.throws(() =>
    transaction(() => {
      tenants.insert('a', now);
      throw new Error('no');
    }),
  );
  transaction(() => {
    tenants.insert('b', now);
    assert.throws(() =>
      transaction(() => {
        tenants.insert('c', now);
        throw new Error('no');
      }),
    );
  });
  assert.deepEqual(
    tenants.all().map((tenant) => tenant.name),
    ['default', 'b'],
  );
  db.close();
});
