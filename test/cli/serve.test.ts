import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressHere } from '../../src/cli/serve.ts';

const wide = { host: '0.0.0.0', port: 8443, url: 'https://0.0.0.0:8443' };
const near = { host: '127.0.0.1', port: 8080, url: 'http://127.0.0.1:8080' };

test('the browser is sent to the address that needs neither a certificate nor a set-up code', () => {
  assert.equal(addressHere([wide, near]), 'http://127.0.0.1:8080');
  assert.equal(addressHere([wide]), 'https://localhost:8443');
  assert.equal(addressHere([{ host: '::', port: 80, url: 'http://[::]:80' }]), 'http://localhost:80');
  assert.equal(addressHere([{ host: '10.0.0.5', port: 80, url: 'http://10.0.0.5:80' }]), 'http://10.0.0.5:80');
});
