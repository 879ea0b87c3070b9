import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectDevice, readFacts } from '../../src/templates/inspection.ts';
import { TemplateLibrary } from '../../src/templates/library.ts';
import { parseTemplate } from '../../src/templates/parse.ts';
import { Recording } from '../../src/templates/recording.ts';

const parsed = parseTemplate(`
id: acme/switch
name: x
match: [{ sys_object_id: 1.3.6.1.4.1.999 }]
tables:
  part: { table: 1.3.6.1.4.1.999.3.1, columns: { kind: 2, serial: 3 } }
facts:
  vendor: Acme
  serial: { table: part, where: kind == 3, text: "{serial}" }
metrics:
  load: { measurement: cpu, scalars: { load: 1.3.6.1.4.1.999.1.0 }, tags: { core: total }, fields: { percent: load } }
`);
if (parsed.kind !== 'ok') throw new Error(JSON.stringify(parsed.problems));
const library = new TemplateLibrary([parsed.template]);
const device = () =>
  new Recording(
    Buffer.from(
      [
        '1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.999.1',
        '1.3.6.1.2.1.2.2.1.2.1|4|eth1',
        '1.3.6.1.4.1.999.1.0|2|7',
        '1.3.6.1.4.1.999.3.1.2.1|2|1',
        '1.3.6.1.4.1.999.3.1.2.2|2|3',
        '1.3.6.1.4.1.999.3.1.3.1|4|wrong',
        '1.3.6.1.4.1.999.3.1.3.2|4|S-77',
      ].join('\n'),
    ),
  );

test('facts alone cost less than a poll: no counters, no interfaces', async () => {
  const whole = device();
  const inspection = await inspectDevice(library, whole, { nowMs: 0 });
  assert.deepEqual(inspection.facts, { vendor: 'Acme', serial: 'S-77' });
  const quick = device();
  assert.deepEqual(await readFacts(library, quick, 'acme/switch', 0), inspection.facts);
  assert.ok(quick.varbinds < whole.varbinds, `${quick.varbinds} < ${whole.varbinds}`);
});

test('a template that does not exist gives no facts', async () => {
  assert.deepEqual(await readFacts(library, device(), 'acme/other', 0), {});
});
