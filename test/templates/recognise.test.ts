import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TemplateLibrary } from '../../src/templates/library.ts';
import { parseTemplate } from '../../src/templates/parse.ts';
import { recognise } from '../../src/templates/recognise.ts';
import { Recording } from '../../src/templates/recording.ts';
import type { TemplateSource } from '../../src/templates/template.ts';

function template(id: string, rest: string): TemplateSource {
  const parsed = parseTemplate(`id: ${id}\nname: ${id}\n${rest}\n`);
  assert.equal(parsed.kind, 'ok', JSON.stringify(parsed));
  return parsed.kind === 'ok' ? parsed.template : assert.fail();
}

const library = new TemplateLibrary([
  template('generic/snmp', ''),
  template('acme/any', 'match: [{ sys_object_id: 1.3.6.1.4.1.999 }]'),
  template('acme/switch', "match: [{ sys_object_id: 1.3.6.1.4.1.999, sys_descr: 'switch \\d+' }]"),
  template('acme/ups', 'match: [{ sys_object_id: 1.3.6.1.4.1.999, present: 1.3.6.1.2.1.33 }]'),
  template('acme/one', 'match: [{ sys_object_id: 1.3.6.1.4.1.999.1.2.3 }]'),
  template('acme/series', 'match: [{ sys_object_id: 1.3.6.1.4.1.998, present: ~.7 }]'),
  template('acme/model', 'match: [{ sys_object_id: 1.3.6.1.4.1.998, present: ~^.7 }]'),
  template('rebadged/box', "match: [{ sys_object_id: 1.3.6.1.4.1.8072, value: { 1.3.6.1.4.1.999.9.0: '^Box' } }]"),
]);

async function recognised(objectId: string | undefined, descr: string, ...more: string[]) {
  const lines = [`1.3.6.1.2.1.1.1.0|4|${descr}`, '1.3.6.1.2.1.1.5.0|4|name', ...more];
  if (objectId !== undefined) lines.push(`1.3.6.1.2.1.1.2.0|6|${objectId}`);
  return recognise(library, new Recording(Buffer.from(lines.join('\n'))));
}

const DEVICES: readonly (readonly [string, string | undefined, string, string[], string])[] = [
  ['the maker alone', '1.3.6.1.4.1.999.7', 'thing', [], 'acme/any'],
  ['a longer OID is surer', '1.3.6.1.4.1.999.1.2.3', 'thing', [], 'acme/one'],
  ['a description more so', '1.3.6.1.4.1.999.7', 'Acme SWITCH 24', [], 'acme/switch'],
  ['what exists more so', '1.3.6.1.4.1.999.7', 'switch 24', ['1.3.6.1.2.1.33.1.1.1.0|4|Acme'], 'acme/ups'],
  ['a value of its own', '1.3.6.1.4.1.8072.3.2.10', 'Linux', ['1.3.6.1.4.1.999.9.0|4|Box 7'], 'rebadged/box'],
  ['another value', '1.3.6.1.4.1.8072.3.2.10', 'Linux', ['1.3.6.1.4.1.999.9.0|4|Tin 7'], 'generic/snmp'],
  ['what exists below the model', '1.3.6.1.4.1.998.3', 'x', ['1.3.6.1.4.1.998.3.7.1|2|1'], 'acme/series'],
  ['what exists beside the model', '1.3.6.1.4.1.998.3', 'x', ['1.3.6.1.4.1.998.7.1|2|1'], 'acme/model'],
  ['no boundary inside a number', '1.3.6.1.4.1.9990.7', 'thing', [], 'generic/snmp'],
  ['no sysObjectID', undefined, 'thing', [], 'generic/snmp'],
];

test('the surest rule wins, and says why', async () => {
  for (const [what, objectId, descr, more, expected] of DEVICES) {
    const found = await recognised(objectId, descr, ...more);
    assert.equal(found.template, expected, what);
    assert.ok(found.reasons.length > 0 && found.confidence > 0 && found.confidence <= 1, what);
  }
  const { reasons, confidence } = await recognised('1.3.6.1.4.1.999.7', 'Acme SWITCH 24');
  assert.deepEqual(reasons, [
    'sysObjectID 1.3.6.1.4.1.999.7 lies at or below 1.3.6.1.4.1.999',
    'sysDescr "Acme SWITCH 24" fits /switch \\d+/',
  ]);
  assert.equal(confidence, 0.7);
});
