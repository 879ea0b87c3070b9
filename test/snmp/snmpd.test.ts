/** SNMP against Debian's snmpd: every version, protocol and mistake; restarts. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { SnmpCredential, UserCredential } from '../../src/snmp/credential.ts';
import { isFailure, type SnmpFailure } from '../../src/snmp/failure.ts';
import { get } from '../../src/snmp/get.ts';
import { readTable } from '../../src/snmp/table.ts';
import { IF_COLUMNS, SessionBench, SYS_DESCR, SYS_UPTIME, text, v2c, v3 } from '../support/snmp-session.ts';
import { hasSnmpd, Snmpd } from '../support/snmpd.ts';

describe('snmpd', { skip: hasSnmpd() ? false : 'snmpd is not installed' }, () => {
  let snmpd: Snmpd;
  const bench = new SessionBench();

  before(async () => {
    snmpd = await Snmpd.start();
  });
  after(async () => {
    bench.close();
    await snmpd.stop();
  });

  const works: readonly [string, (port: number) => SnmpCredential, string?][] = [
    ['v1', (port) => ({ version: 'v1', community: 'public', port })],
    ['v2c', (port) => v2c(port)],
    ['v2c over IPv6', (port) => v2c(port), '::1'],
    ['v3 noAuthNoPriv', (port) => v3(port, { username: 'nobody1234', level: 'noAuthNoPriv' })],
    ['v3 authNoPriv SHA', (port) => v3(port, { username: 'shanopriv', level: 'authNoPriv' })],
    ['v3 SHA AES', (port) => v3(port)],
    ['v3 MD5 DES', (port) => v3(port, { username: 'md5des', authProtocol: 'MD5', privProtocol: 'DES' })],
    ['v3 SHA-224 DES', (port) => v3(port, { username: 'sha224des', authProtocol: 'SHA-224', privProtocol: 'DES' })],
    [
      'v3 SHA-256 AES-256',
      (port) => v3(port, { username: 'sha256aes', authProtocol: 'SHA-256', privProtocol: 'AES-256' }),
    ],
    [
      'v3 SHA-384 AES-192',
      (port) => v3(port, { username: 'aes192', authProtocol: 'SHA-384', privProtocol: 'AES-192' }),
    ],
    ['v3 SHA-512 AES', (port) => v3(port, { username: 'sha512aes', authProtocol: 'SHA-512' })],
    [
      'v3 SHA AES-256 stretched as Blumenthal says',
      (port) => v3(port, { username: 'blumenthal256', privProtocol: 'AES-256' }),
    ],
    ['v3 SHA AES-256 stretched as Cisco does', (port) => v3(port, { username: 'cisco256', privProtocol: 'AES-256-C' })],
  ];
  for (const [name, credential, address] of works) {
    test(`${name} reads objects and tables`, async () => {
      const session = bench.session(credential(snmpd.port), address);
      const values = await get(session, [SYS_DESCR, SYS_UPTIME, Uint8Array.of(43, 6, 1, 2, 1, 1, 99, 0)]);
      assert.ok(!isFailure(values), JSON.stringify(values));
      assert.match(text(values[0]), /^Linux/);
      assert.equal(typeof values[1], 'number');
      assert.equal(values[2], undefined);
      const table = await readTable(session, 'if', IF_COLUMNS);
      assert.ok(!isFailure(table), JSON.stringify(table));
      assert.ok([...table.values()].some(([, descr]) => text(descr) === 'lo'));
      session.close();
    });
  }

  const fails: readonly [string, Partial<UserCredential>, SnmpFailure['code'], RegExp][] = [
    ['an unknown user', { username: 'stranger' }, 'unknown_user', /"stranger".*create it/],
    [
      'a wrong authentication password',
      { authPassword: 'wrongpass1234' },
      'wrong_digest',
      /authentication password.*SHA/,
    ],
    ['a wrong authentication protocol', { authProtocol: 'MD5' }, 'wrong_digest', /MD5/],
    ['a wrong privacy password', { privPassword: 'wrongpass1234' }, 'decryption_error', /privacy password/],
    ['a wrong privacy protocol', { privProtocol: 'AES-256' }, 'decryption_error', /AES-256/],
    ['a level that the user does not have', { username: 'shanopriv' }, 'unsupported_security_level', /authPriv/],
    ['a level below what the device asks', { level: 'authNoPriv' }, 'no_access', /security level/],
  ];
  for (const [what, changes, code, message] of fails) {
    test(`${what} is told apart and says what to change`, async () => {
      const session = bench.session(v3(snmpd.port, changes), '127.0.0.1', 0);
      const answer = await get(session, [SYS_DESCR]);
      assert.ok(isFailure(answer));
      assert.equal(answer.code, code, answer.message);
      assert.match(answer.message, message);
      session.close();
    });
  }

  test('a reboot of the engine is followed without a new session', async () => {
    const session = bench.session(v3(snmpd.port));
    assert.ok(!isFailure(await get(session, [SYS_DESCR])));
    await snmpd.end();
    await snmpd.run();
    const answer = await get(session, [SYS_DESCR]);
    assert.ok(!isFailure(answer), JSON.stringify(answer));
    session.close();
  });

  test('one engine ID at two addresses is named', async () => {
    const first = bench.session(v3(snmpd.port), '127.0.0.1');
    const second = bench.session(v3(snmpd.port), '127.0.0.1');
    assert.ok(!isFailure(await get(first, [SYS_DESCR])));
    bench.engines.note(first.engineId ?? '', '192.0.2.7');
    assert.ok(!isFailure(await get(second, [SYS_DESCR])));
    const warning = second.traits.warnings.find(({ code }) => code === 'duplicate_engine_id');
    assert.match(warning?.message ?? '', /192\.0\.2\.7/);
    first.close();
    second.close();
  });
});
