/** Devices that do not behave: old, broken, slow, lying. Each is read as far as it can be, and harms nobody. */
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { after, test } from 'node:test';
import { isFailure } from '../../src/snmp/failure.ts';
import { get, next } from '../../src/snmp/get.ts';
import { encodeOid } from '../../src/snmp/oid.ts';
import { RowSelection } from '../../src/snmp/row-selection.ts';
import { readTable } from '../../src/snmp/table.ts';
import type { TableRows } from '../../src/snmp/walk.ts';
import { errorAnswer, OddAgent, type SeenRequest, smallMib } from '../support/odd-agent.ts';
import { hurriedClock, IF_COLUMNS, SessionBench, SYS_DESCR, SYS_UPTIME, text, v2c } from '../support/snmp-session.ts';

const bench = new SessionBench();
/** For tests that wait for time-outs; busy machines may then see a request twice. */
const hasty = new SessionBench(hurriedClock);
after(() => {
  bench.close();
  hasty.close();
});

const BULK = 0xa5;
const NEXT = 0xa1;
const GET = 0xa0;

/** A response to `request` with an error status and no bindings. */
function expectRows(table: unknown, count: number): TableRows {
  assert.ok(table instanceof Map, JSON.stringify(table));
  assert.equal(table.size, count);
  for (const [index, cells] of table as TableRows) {
    assert.equal(cells[0], Number(index));
    assert.equal(text(cells[1]), `port ${index}`);
    assert.equal(cells[2], 4_000_000_000 + Number(index));
  }
  return table as TableRows;
}

test('a healthy device gives a table of 300 rows in few requests, and fewer when its size is known', async () => {
  await using agent = await OddAgent.start(smallMib(300));
  const session = bench.session(v2c(agent.port));
  expectRows(await readTable(session, 'if', IF_COLUMNS), 300);
  const first = agent.seen.length;
  expectRows(await readTable(session, 'if', IF_COLUMNS), 300);
  assert.ok(first <= 24, `${first} requests`);
  assert.ok(agent.seen.length - first <= first);
  assert.deepEqual(session.traits.warnings, []);
});

test('chosen rows are read alone: neighbours with a bounded walk, scattered ones one by one', async () => {
  await using agent = await OddAgent.start(smallMib(300));
  const session = bench.session(v2c(agent.port));
  const close = new RowSelection(['12', '10', '11', '13']);
  expectRows(await readTable(session, 'if', IF_COLUMNS, close), 4);
  assert.equal(agent.seen.length, 1);
  const scattered = new RowSelection(['1', '150', '299']);
  expectRows(await readTable(session, 'far', IF_COLUMNS, scattered), 3);
  const walked = agent.seen.length;
  expectRows(await readTable(session, 'far', IF_COLUMNS, scattered), 3);
  assert.equal(agent.seen.length - walked, 1);
  assert.equal(agent.seen.at(-1)?.type, GET);
});

test('a walk over rows that are not wanted is given up as soon as single cells would have cost less', async () => {
  await using agent = await OddAgent.start(smallMib(2000));
  const session = bench.session(v2c(agent.port));
  const scattered = new RowSelection(['1', '1000', '2000']);
  expectRows(await readTable(session, 'far', IF_COLUMNS, scattered), 3);
  const { length } = agent.seen;
  assert.ok(length <= 8, `${length} requests at the first reading`);
  expectRows(await readTable(session, 'far', IF_COLUMNS, scattered), 3);
  assert.equal(agent.seen.length - length, 1);
});

test('an agent that knows only SNMPv1 is found, said to be one, and read', async () => {
  await using agent = await OddAgent.start(smallMib(5), (request, answer) =>
    request.version === 0 ? answer : undefined,
  );
  const session = hasty.session(v2c(agent.port), '127.0.0.1', 0);
  const values = await get(session, [SYS_DESCR, encodeOid('1.3.6.1.2.1.1.77.0'), SYS_UPTIME]);
  assert.ok(!isFailure(values), JSON.stringify(values));
  assert.deepEqual([text(values[0]), values[1], values[2]], ['a test device', undefined, 4_000_000_000]);
  expectRows(await readTable(session, 'if', IF_COLUMNS), 5);
  assert.equal(session.version, 'v1');
  assert.deepEqual(
    session.traits.warnings.map(({ code }) => code),
    ['v1_only'],
  );
  assert.equal(agent.count(BULK), 0);
  const asked = agent.seen.length;
  await get(session, [SYS_DESCR, encodeOid('1.3.6.1.2.1.1.77.0'), SYS_UPTIME]);
  const again = agent.seen.slice(asked);
  assert.ok(
    again.length > 0 && again.every((request) => request.oids === 2),
    'what it does not have is not asked for again',
  );
});

const brokenBulk: readonly [string, (request: SeenRequest) => Uint8Array | undefined][] = [
  ['is silent', () => undefined],
  ['answers genErr', (request) => errorAnswer(request, 5)],
  ['answers with nothing', (request) => errorAnswer(request, 0)],
];
for (const [what, behaviour] of brokenBulk) {
  test(`a GETBULK that ${what} is found and done without`, async () => {
    await using agent = await OddAgent.start(smallMib(4), (request, answer) =>
      request.type === BULK ? behaviour(request) : answer,
    );
    const session = hasty.session(v2c(agent.port), '127.0.0.1', 0);
    expectRows(await readTable(session, 'if', IF_COLUMNS), 4);
    assert.ok(session.traits.warnings.some(({ code }) => code === 'broken_getbulk'));
    const bulks = agent.count(BULK);
    expectRows(await readTable(session, 'if', IF_COLUMNS), 4);
    assert.equal(agent.count(BULK), bulks);
  });
}

test('a device that is gone is not taken for one with a broken GETBULK', async () => {
  await using agent = await OddAgent.start(smallMib(4), () => undefined);
  const session = hasty.session({ version: 'v2c', community: 'public', port: agent.port }, '127.0.0.1', 0);
  const answer = await readTable(session, 'if', IF_COLUMNS);
  assert.ok(isFailure(answer) && answer.code === 'timeout');
  agent.behaviour = (_, honest) => honest;
  expectRows(await readTable(session, 'if', IF_COLUMNS), 4);
  assert.deepEqual(session.traits.warnings, []);
  assert.equal(agent.count(NEXT), 1);
});

test('answers that are too big are asked for in smaller pieces, once and for all', async () => {
  await using agent = await OddAgent.start(smallMib(40), (request, answer) => {
    const bindings = request.type === BULK ? request.oids * request.third : request.oids;
    return bindings > 12 ? errorAnswer(request, 1) : answer;
  });
  const session = bench.session(v2c(agent.port));
  expectRows(await readTable(session, 'if', IF_COLUMNS), 40);
  assert.ok(session.traits.maxVarbinds <= 12);
  const refusedBefore = agent.seen.length;
  expectRows(await readTable(session, 'if', IF_COLUMNS), 40);
  assert.ok(agent.seen.length - refusedBefore <= 14);
  const many = Array.from({ length: 30 }, (_, i) => encodeOid(`1.3.6.1.2.1.2.2.1.1.${i + 1}`));
  assert.deepEqual(
    await get(session, many),
    Array.from({ length: 30 }, (_, i) => i + 1),
  );
});

test('a device that cuts its answers off is asked for less', async () => {
  await using agent = await OddAgent.start(smallMib(40), (_, answer) => answer?.subarray(0, 484));
  const session = bench.session(v2c(agent.port));
  assert.ok(!isFailure(await get(session, [SYS_DESCR])));
  session.traits.isBulkProven = true;
  expectRows(await readTable(session, 'if', IF_COLUMNS), 40);
});

test('a walk that goes in circles ends, says so, and leaves the other columns whole', async () => {
  const honest = smallMib(6);
  await using agent = await OddAgent.start(honest, (_, answer) => {
    // Row 5 of the second column calls itself row 2.
    const bytes = answer && Buffer.from(answer);
    const at = bytes?.indexOf(Buffer.from('060a2b060102010202010205', 'hex')) ?? -1;
    if (bytes && at >= 0) bytes[at + 11] = 2;
    return bytes;
  });
  const session = bench.session(v2c(agent.port));
  const table = await readTable(session, 'if', IF_COLUMNS);
  assert.ok(table instanceof Map);
  assert.deepEqual(
    [...table.values()].map(([index]) => index),
    [1, 2, 3, 4, 5, 6],
  );
  assert.deepEqual(
    session.traits.warnings.map(({ code }) => code),
    ['walk_loop'],
  );
  assert.ok(agent.seen.length < 10);
});

test('an answer from another address is refused and explained', async () => {
  const other = dgram.createSocket('udp4');
  await new Promise<void>((resolve) => other.bind(0, '127.0.0.9', resolve));
  await using agent = await OddAgent.start(smallMib(1), (_, answer, from) => {
    if (answer) other.send(answer, from.port, from.address);
    return undefined;
  });
  const session = hasty.session(v2c(agent.port), '127.0.0.1', 0);
  const answer = await get(session, [SYS_DESCR]);
  assert.ok(isFailure(answer));
  assert.equal(answer.code, 'answered_from_other_address');
  assert.match(answer.message, /127\.0\.0\.9/);
  other.close();
});

test('garbage, answers to nobody and foreign IDs are passed over', async () => {
  await using agent = await OddAgent.start(smallMib(1), (_, answer) => answer);
  let isFirst = true;
  agent.behaviour = (_, answer) => {
    if (!isFirst || !answer) return answer;
    isFirst = false;
    return Buffer.from('3003020101', 'hex');
  };
  const session = hasty.session(v2c(agent.port));
  const values = await get(session, [SYS_DESCR]);
  assert.ok(!isFailure(values));
  assert.equal(text(values[0]), 'a test device');
  assert.ok(hasty.udp.counters.strays >= 1);
  assert.ok(agent.seen.length >= 2);
});

test('a late answer to the first try still counts', async () => {
  await using agent = await OddAgent.start(smallMib(1));
  let held: Uint8Array | undefined;
  agent.behaviour = (_, answer) => {
    if (held) return held;
    held = answer;
    return undefined;
  };
  const session = hasty.session(v2c(agent.port));
  assert.ok(!isFailure(await get(session, [SYS_DESCR])));
  assert.ok(agent.seen.length >= 2);
  assert.equal(session.rttMs, -1, 'the round trip of a repeated request is not measured');
});

test('GETNEXT tells what lies behind an object, and nothing at the end', async () => {
  await using agent = await OddAgent.start(smallMib(1));
  const session = bench.session(v2c(agent.port));
  const found = await next(session, [encodeOid('1.3.6.1.2.1.1.3'), encodeOid('1.3.6.1.2.1.2.2.1.10.1')]);
  assert.deepEqual(found, ['1.3.6.1.2.1.1.3.0', undefined]);
});

test('a cancelled request ends at once', async () => {
  await using agent = await OddAgent.start(smallMib(1), () => undefined);
  const session = bench.session(v2c(agent.port));
  const stop = new AbortController();
  session.cancelWith(stop.signal);
  const answer = get(session, [SYS_DESCR]);
  stop.abort();
  const failed = await answer;
  assert.ok(isFailure(failed) && failed.code === 'cancelled');
});
