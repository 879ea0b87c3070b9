/** What a template takes from its parents: moved trees, fact rules in their places. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inherit, TemplateError } from '../../src/templates/inherit.ts';
import { inspectDevice } from '../../src/templates/inspection.ts';
import { TemplateLibrary } from '../../src/templates/library.ts';
import { parseTemplate } from '../../src/templates/parse.ts';
import { Recording } from '../../src/templates/recording.ts';
import type { TemplateSource } from '../../src/templates/template.ts';

function template(text: string): TemplateSource {
  const parsed = parseTemplate(text);
  if (parsed.kind !== 'ok') throw new Error(JSON.stringify(parsed.problems));
  return parsed.template;
}

const chip = template(`
id: chip/switch
name: x
roots: { chip: 1.3.6.1.4.1.999.1 }
scalars: { serial: chip.5.0, plain: 1.3.6.1.2.1.1.1.0 }
tables: { part: { table: chip.7.1, columns: { name: 2 } } }
facts:
  serial: "{serial}"
metrics:
  load: { measurement: cpu, scalars: { load: chip.1.0 }, tags: { core: total }, fields: { percent: load } }
  heat:
    measurement: sensor
    table: chip.2.1
    columns: { value: 3, other: chip.3.1.4 }
    static: { name: 2 }
    tags: { sensor: "{name}", class: temperature }
    fields: { value: value }
`);
const brand = template(`
id: brand/switch
name: x
inherits: chip/switch
roots: { chip: 1.3.6.1.4.1.4242.8 }
`);

test('a root that the nearer template moves takes along what is inherited below it', () => {
  const library = new TemplateLibrary([chip, brand]);
  const moved = library.resolve('brand/switch');
  assert.equal(moved.scalars.get('serial'), '1.3.6.1.4.1.4242.8.5.0');
  assert.equal(moved.scalars.get('plain'), '1.3.6.1.2.1.1.1.0');
  assert.deepEqual(moved.tables.get('part'), { table: '1.3.6.1.4.1.4242.8.7.1', columns: { name: '2' } });
  const heat = moved.metrics.get('heat')!;
  assert.equal(heat.table, '1.3.6.1.4.1.4242.8.2.1');
  assert.deepEqual(heat.columns, { value: '3', other: '1.3.6.1.4.1.4242.8.3.1.4' });
  assert.equal(moved.metrics.get('load')!.scalars!.load, '1.3.6.1.4.1.4242.8.1.0');
  assert.equal(library.resolve('chip/switch').scalars.get('serial'), '1.3.6.1.4.1.999.1.5.0');
});

test('a root that nobody gives is named', () => {
  const lost = template('id: a/b\nname: x\nscalars: { serial: nowhere.1.0 }');
  assert.throws(
    () => inherit('a/b', () => lost),
    (error: unknown) => error instanceof TemplateError && /no root `nowhere` for nowhere\.1\.0/.test(error.message),
  );
});

test('`inherited` is the place of the parents’ fact rules, which else come last', () => {
  const library = new TemplateLibrary([
    template('id: a/grand\nname: x\nfacts: { model: grand, os: grand }'),
    template('id: a/parent\nname: x\ninherits: a/grand\nfacts: { model: [before, inherited, behind], os: parent }'),
    template('id: a/child\nname: x\ninherits: a/parent\nfacts: { model: [first, inherited, last] }'),
  ]);
  const { facts } = library.resolve('a/child');
  assert.deepEqual(facts.get('model'), ['first', 'before', 'grand', 'behind', 'last']);
  assert.deepEqual(facts.get('os'), ['parent', 'grand']);
});

test('~ is the sysObjectID, each ^ takes a number of it away', async () => {
  const library = new TemplateLibrary([
    template(`
id: acme/any
name: x
match: [{ sys_object_id: 1.3.6.1.4.1.999 }]
scalars: { own: ~.1.0, family: ~^.2.0, maker: ~^^.3.0 }
facts: { model: "{own}", serial: "{family}", version: "{maker}" }
`),
  ]);
  const recording = new Recording(
    Buffer.from(
      [
        '1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.999.5.7',
        '1.3.6.1.4.1.999.3.0|4|9.1',
        '1.3.6.1.4.1.999.5.2.0|4|S-1',
        '1.3.6.1.4.1.999.5.7.1.0|4|M-7',
      ].join('\n'),
    ),
  );
  const { facts } = await inspectDevice(library, recording, { nowMs: 0 });
  assert.deepEqual(facts, { model: 'M-7', serial: 'S-1', version: '9.1' });
});
