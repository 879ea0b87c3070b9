import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { readOrCreateKeyFile, SecretBox, SecretError, secretBoxFrom } from '../../src/config/secrets.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'telltale-secrets-'));
after(() => fs.rmSync(folder, { recursive: true }));
const text = readOrCreateKeyFile(path.join(folder, 'secret.key'));
const box = secretBoxFrom(text);
const context = { tenant: 1, record: 'credential_profile:3:community' };

test('a sealed secret opens for its tenant and record only', () => {
  const sealed = box.seal('pässword', context);
  assert.ok(!sealed.includes('pässword'));
  assert.equal(box.open(sealed, context), 'pässword');
  assert.throws(() => box.open(sealed, { ...context, tenant: 2 }), SecretError);
  assert.throws(() => box.open(sealed, { ...context, record: 'credential_profile:4:community' }), SecretError);
});

test('the same secret never looks the same twice', () => {
  assert.notEqual(box.seal('x', context), box.seal('x', context));
});

test('any changed character is noticed', () => {
  const sealed = box.seal('community', context);
  for (let i = 3; i < sealed.length; i++) {
    const changed = sealed.slice(0, i) + (sealed[i] === 'A' ? 'B' : 'A') + sealed.slice(i + 1);
    // The last character may hold bits that decode to nothing.
    if (Buffer.from(changed.slice(3), 'base64url').equals(Buffer.from(sealed.slice(3), 'base64url'))) continue;
    assert.throws(() => box.open(changed, context), SecretError, changed);
  }
});

test('an older key still opens what it sealed, a newer one seals', () => {
  const sealed = box.seal('old', context);
  const rotated = secretBoxFrom(`${text}2 ${'ab'.repeat(32)}\n`);
  assert.equal(rotated.open(sealed, context), 'old');
  assert.match(rotated.seal('new', context), /^s2:/);
  assert.throws(() => box.open(rotated.seal('new', context), context), /key that is not here/);
});

test('the key file is private, kept, and refused when damaged', () => {
  const file = path.join(folder, 'secret.key');
  assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  assert.equal(readOrCreateKeyFile(file), text);
  assert.throws(() => secretBoxFrom('1 short\n'), /damaged/);
  assert.throws(() => secretBoxFrom('\n'), /empty/);
});

test('garbage in place of a sealed text is an error, not a crash', () => {
  for (const garbage of ['', 's1:', 's1:AAAA', 'plain', 's9:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA']) {
    assert.throws(() => new SecretBox(new Map([[1, Buffer.alloc(32)]])).open(garbage, context), SecretError);
  }
});
