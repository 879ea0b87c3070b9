import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { FAMILIES } from '../../src/templates/families.ts';
import { FUNCTIONS } from '../../src/templates/functions.ts';
import { TemplateLibrary } from '../../src/templates/library.ts';
import { parseTemplate } from '../../src/templates/parse.ts';
import { buildPlan } from '../../src/templates/plan.ts';
import { templateJsonSchema } from '../../src/templates/template.ts';

const root = path.resolve(import.meta.dirname, '../..');
const devices = path.join(root, 'templates/devices');
const files = fs
  .readdirSync(devices, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replaceAll('\\', '/'));
const library = await TemplateLibrary.load();
const schema = JSON.parse(fs.readFileSync(path.join(root, 'schema/template.json'), 'utf8'));

test('the JSON Schema beside the templates is the one of the code', () => {
  assert.deepEqual(
    schema,
    JSON.parse(JSON.stringify(templateJsonSchema())),
    'run `node scripts/template-schema.ts` and commit schema/template.json',
  );
});

test('every shipped template keeps to the schema, is called what its file is called, and becomes a plan', () => {
  const validate = new Ajv2020({ strict: false }).compile(schema);
  for (const file of files) {
    const text = fs.readFileSync(path.join(devices, file), 'utf8');
    const parsed = parseTemplate(text);
    assert.equal(parsed.kind, 'ok', `${file}: ${JSON.stringify(parsed)}`);
    assert.ok(validate(parse(text)), `${file}: ${JSON.stringify(validate.errors)}`);
    if (parsed.kind === 'ok') assert.equal(`${parsed.template.id}.yaml`, file);
    const plan = buildPlan(library.resolve(file.replace(/\.yaml$/, '')));
    for (const { measurement, field, unit, help } of plan.fields) {
      assert.ok(help.length > 3 && unit !== undefined, `${file}: ${measurement} ${field}`);
    }
    assert.ok(
      plan.fields.every(({ measurement }) => measurement in FAMILIES || /^[a-z_]+$/.test(measurement)),
      file,
    );
  }
});

test('templates that match nothing are there to be inherited', () => {
  const matched = new Set([...library.rules()].map(({ id }) => id));
  const inherited = new Set(library.ids.flatMap((id) => library.source(id)!.inherits ?? []));
  const orphans = library.ids.filter((id) => !matched.has(id) && !inherited.has(id) && id !== 'generic/snmp');
  assert.deepEqual(orphans, []);
});

test('no shipped file is forgotten', () => {
  assert.deepEqual(library.ids, files.map((file) => file.replace(/\.yaml$/, '')).toSorted());
});

test('the example of templates/README.md is a good template', () => {
  const readme = fs.readFileSync(path.join(root, 'templates/README.md'), 'utf8');
  const parsed = parseTemplate(/```yaml\n([\s\S]*?)```/.exec(readme)![1]!);
  if (parsed.kind !== 'ok') assert.fail(JSON.stringify(parsed.problems));
  assert.equal(buildPlan(library.with(parsed.template).resolve('acme/switch')).template, 'acme/switch');
});

test('templates/README.md names every function', () => {
  const readme = fs.readFileSync(path.join(root, 'templates/README.md'), 'utf8');
  const missing = Object.keys(FUNCTIONS).filter((name) => !new RegExp(`\`[^\`]*\\b${name}\\b`).test(readme));
  assert.deepEqual(missing, []);
});
