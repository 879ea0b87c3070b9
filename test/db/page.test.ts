import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '../../src/db/database.ts';
import { pageOfArray } from '../../src/db/page.ts';
import { createRepositories } from '../../src/db/repositories.ts';
import { Refusal } from '../../src/model/refusal.ts';

async function sites(count: number) {
  const db = await openDatabase(':memory:');
  const repositories = createRepositories(db);
  const at = new Date();
  for (let i = 0; i < count; i++) {
    // Names in another order than IDs; all of one time, so that the ID must break the tie.
    repositories.sites.insert(1, { name: `site ${(i * 7) % count}`, time_zone: 'UTC', description: '' }, at);
  }
  return { db, repositories };
}

for (const sort of ['name', '-name', 'created_at', '-created_at']) {
  test(`pages by ${sort} hold every row once, in order`, async () => {
    const { db, repositories } = await sites(25);
    const all = repositories.sites.list(1, { sort, limit: 1000 }).data.map((site) => site.id);
    const paged: number[] = [];
    let cursor: string | null = null;
    do {
      const page: { data: { id: number }[]; next_cursor: string | null } = repositories.sites.list(1, {
        sort,
        limit: 4,
        ...(cursor === null ? {} : { cursor }),
      });
      paged.push(...page.data.map((site) => site.id));
      cursor = page.next_cursor;
    } while (cursor !== null);
    assert.deepEqual(paged, all);
    assert.equal(all.length, 26);
    db.close();
  });
}

test('rows that go between two pages hide no others', async () => {
  const { db, repositories } = await sites(10);
  const first = repositories.sites.list(1, { sort: 'name', limit: 5 });
  for (const site of first.data) if (site.name !== 'default') repositories.sites.delete(1, site.id);
  const rest = repositories.sites.list(1, { sort: 'name', limit: 5, cursor: first.next_cursor ?? '' });
  assert.deepEqual(
    rest.data.map((site) => site.name),
    ['site 4', 'site 5', 'site 6', 'site 7', 'site 8'],
  );
  db.close();
});

test('a cursor of another sort is refused', async () => {
  const { db, repositories } = await sites(10);
  const { next_cursor } = repositories.sites.list(1, { sort: 'name', limit: 5 });
  assert.throws(() => repositories.sites.list(1, { sort: '-name', cursor: next_cursor ?? '' }), Refusal);
  db.close();
});

test('lists in memory are paged alike', () => {
  const items = ['a', 'b', 'c'];
  const first = pageOfArray(items, { limit: 2 }, (item) => item);
  assert.deepEqual(first.data, ['a', 'b']);
  assert.deepEqual(
    pageOfArray(items, { limit: 2, cursor: first.next_cursor ?? '' }, (item) => item),
    {
      data: ['c'],
      next_cursor: null,
    },
  );
});
