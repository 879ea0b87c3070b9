/** Templates that people added: each tenant has its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Templates } from '../../src/app/templates.ts';
import { openDatabase } from '../../src/db/database.ts';
import { createRepositories } from '../../src/db/repositories.ts';

const PUMP = 'id: acme/pump\nname: Pump\ninherits: generic/snmp\n';
const BIG_PUMP = 'id: acme/big-pump\nname: Big pump\ninherits: acme/pump\n';
const SHADOW = 'id: generic/snmp\nname: Only the first part\n';

async function arrange() {
  const db = await openDatabase(':memory:');
  const repositories = createRepositories(db);
  const at = new Date('2026-01-05T08:00:00Z');
  repositories.tenants.insert('other', at);
  const templates = await Templates.open({ repositories, changed: () => {} });
  const save = (tenant: number, yaml: string) => {
    const result = templates.check(tenant, yaml);
    assert.ok('id' in result, JSON.stringify(result));
    repositories.templates.save(tenant, result.id, yaml, at);
  };
  return { templates, repositories, save, [Symbol.dispose]: () => db.close() };
}

test('what a tenant adds, another neither sees nor has shadowed', async () => {
  using arranged = await arrange();
  const { templates, save } = arranged;
  save(1, PUMP);
  save(1, SHADOW);
  assert.equal(templates.read(1, 'acme/pump'), PUMP);
  assert.equal(templates.read(2, 'acme/pump'), undefined);
  assert.deepEqual([templates.exists(1, 'acme/pump'), templates.exists(2, 'acme/pump')], [true, false]);
  const listed = (tenant: number) => templates.list(tenant).filter(({ origin }) => origin === 'added');
  assert.deepEqual([listed(1).length, listed(2).length], [2, 0]);
  assert.notEqual(templates.read(2, 'generic/snmp'), SHADOW);
});

test('the collector gets the templates of every tenant, told apart', async () => {
  using arranged = await arrange();
  const { templates, save } = arranged;
  save(1, PUMP);
  save(2, PUMP.replace('Pump', 'Their pump'));
  save(2, BIG_PUMP);
  const names = Object.entries(templates.added()).map(([key, source]) => [key, (source as { name: string }).name]);
  assert.deepEqual(names, [
    ['1/acme/pump', 'Pump'],
    ['2/acme/big-pump', 'Big pump'],
    ['2/acme/pump', 'Their pump'],
  ]);
});

test('a template may inherit what its own tenant added, and only that', async () => {
  using arranged = await arrange();
  const { templates, save } = arranged;
  save(1, PUMP);
  save(1, BIG_PUMP);
  const refused = templates.check(2, BIG_PUMP);
  assert.ok('errors' in refused);
  assert.match(refused.errors[0]?.message ?? '', /acme\/pump/);
});

test('a parent is known by those that inherit it, unless a shipped one takes its place', async () => {
  using arranged = await arrange();
  const { templates, save } = arranged;
  save(1, PUMP);
  save(1, BIG_PUMP);
  save(1, SHADOW);
  assert.deepEqual(templates.heirs(1, 'acme/pump'), ['acme/big-pump']);
  assert.deepEqual(templates.heirs(1, 'acme/big-pump'), []);
  assert.deepEqual(templates.heirs(1, 'generic/snmp'), []);
  assert.deepEqual(templates.heirs(2, 'acme/pump'), []);
});
