/** The SNMP probe: from the first contact to rows, facts and events, and what it says when nobody answers. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Cancellation } from '../../src/lib/cancellation.ts';
import type { ProbeResult, ProbeRun, ProbeTarget, ProbeTools } from '../../src/probes/probe.ts';
import { PROBES } from '../../src/probes/registry.ts';
import { OddAgent, smallMib } from '../support/odd-agent.ts';
import { FixedPinger, probeTarget, probeTools } from '../support/probe-bench.ts';

const probe = PROBES.get('snmp')!;
const pinger = new FixedPinger();
let tools: ProbeTools;
before(async () => {
  tools = await probeTools(pinger);
});
after(() => tools.udp.close());

function start(port: number, target: Partial<ProbeTarget> = {}): ProbeRun {
  const credential = { type: 'snmp_v2c', values: { community: 'public', port } } as const;
  return probe.start(probeTarget({ credential, ...target }), probe.settings.parse({}), tools);
}

const poll = (run: ProbeRun): Promise<ProbeResult> => run.poll(new Cancellation());

function row(result: ProbeResult, measurement: string, tags: Record<string, string> = {}) {
  return result.rows.find(
    (one) => one.measurement === measurement && Object.entries(tags).every(([k, v]) => one.tags[k] === v),
  );
}

test('a device is recognised, described and polled, and later polls cost less', async () => {
  await using agent = await OddAgent.start(smallMib(3));
  const run = start(agent.port);
  const first = await poll(run);
  assert.equal(first.error, undefined);
  assert.equal(first.facts?.facts.name, 'device');
  assert.equal(first.interfaces?.length, 3);
  assert.equal(row(first, 'snmp')?.fields.up, 1);
  assert.equal(row(first, 'snmp')?.fields.sys_uptime_seconds, 40_000_000);
  assert.equal(row(first, 'interface', { ifname: 'port 2' })?.fields.in_octets, 4_000_000_002);
  const asked = agent.seen.length;
  const second = await poll(run);
  assert.equal(second.error, undefined);
  assert.ok(agent.seen.length - asked < asked / 2, `${agent.seen.length - asked} requests`);
  assert.equal(row(second, 'snmp')?.fields.requests, agent.seen.length - asked);
  run.close();
});

test('a 32-bit counter that wraps and one that starts anew are stored as they are, never negative', async () => {
  const values = smallMib(1);
  const counter = values.get('1.3.6.1.2.1.2.2.1.10.1');
  await using agent = await OddAgent.start(values);
  const run = start(agent.port);
  const seen: (number | undefined)[] = [];
  for (const value of [4_294_967_000, 500, 900]) {
    if (counter?.type === 'counter32') counter.value = value;
    seen.push(row(await poll(run), 'interface')?.fields.in_octets);
  }
  assert.ok(seen.every((value) => value === undefined || (value >= 0 && value < 2 ** 32)));
  assert.equal(seen.at(-1), 900);
  run.close();
});

test('a restart of the device is an event', async () => {
  const values = smallMib(1);
  const uptime = values.get('1.3.6.1.2.1.1.3.0');
  if (uptime?.type === 'timeTicks') uptime.value = 90_000;
  await using agent = await OddAgent.start(values);
  const run = start(agent.port);
  await poll(run);
  if (uptime?.type === 'timeTicks') uptime.value = 1_000;
  const again = await poll(run);
  assert.deepEqual(
    again.events?.map(({ event }) => event),
    ['rebooted'],
  );
  run.close();
});

test('silence is explained: nobody listens, only ping answers, nothing answers', async () => {
  let port = 0;
  {
    await using agent = await OddAgent.start(smallMib(1));
    port = agent.port;
  }
  const refused = start(port);
  const nobody = await poll(refused);
  assert.equal(nobody.error?.code, 'port_unreachable');
  assert.equal(row(nobody, 'snmp')?.fields.up, 0);
  await using silent = await OddAgent.start(smallMib(1), () => undefined);
  const pinged = await poll(start(silent.port));
  assert.equal(pinged.error?.code, 'timeout');
  assert.match(pinged.error?.message ?? '', /answers ping but not SNMP.*community/);
  pinger.answer = { kind: 'timeout' };
  const dark = await poll(start(silent.port));
  assert.match(dark.error?.message ?? '', /neither ping nor SNMP/);
  pinger.answer = { kind: 'reply', rttMs: 1 };
});

test('a device that stays silent is asked less often in each poll, and is back at once', async () => {
  await using agent = await OddAgent.start(smallMib(1), () => undefined);
  const run = start(agent.port);
  await poll(run);
  const first = agent.seen.length;
  await poll(run);
  assert.ok(agent.seen.length - first < first);
  agent.behaviour = (_, answer) => answer;
  assert.equal((await poll(run)).error, undefined);
  run.close();
});

/** Loses every fifth packet or so, and not always the same. */
function lossy(seed: number) {
  let state = seed;
  return (_: unknown, answer: Uint8Array | undefined) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 16) % 5 === 0 ? undefined : answer;
  };
}

test('over a link that loses a fifth of the packets, polls are whole', async () => {
  await using agent = await OddAgent.start(smallMib(3));
  for (let seed = 1; seed <= 8; seed++) {
    agent.behaviour = lossy(seed);
    const run = start(agent.port);
    for (let n = 0; n < 3; n++) {
      const result = await poll(run);
      assert.equal(result.error, undefined, `poll ${n} with seed ${seed}`);
      assert.ok(row(result, 'interface', { ifname: 'port 3' }), `poll ${n} with seed ${seed}`);
    }
    run.close();
  }
});

test('silence in the middle of a poll is told as what it is, and the next poll is patient as before', async () => {
  await using agent = await OddAgent.start(smallMib(3));
  const run = start(agent.port);
  let left = 3;
  agent.behaviour = (_, answer) => (left-- > 0 ? answer : undefined);
  const { error } = await poll(run);
  assert.equal(error?.code, 'timeout');
  assert.match(error.message, /answers SNMP, but fell silent in the middle of the poll \(\d+ of \d+ packets/);
  let dropped = 0;
  agent.behaviour = (_, answer) => (dropped++ < 2 ? undefined : answer);
  assert.equal((await poll(run)).error, undefined, 'two tries were lost, the third was answered');
  run.close();
});

test('a device that is too slow for one poll is read in several, and what was read counts', async () => {
  await using agent = await OddAgent.start(smallMib(3));
  const run = start(agent.port);
  const seen = new Set<string>();
  let polls = 0;
  let complete = false;
  while (!complete && ++polls < 20) {
    const stop = new Cancellation();
    let left = 8;
    agent.behaviour = (_, answer) => {
      if (left-- > 0) return answer;
      stop.abort(new Error('the poll took too long'));
      return undefined;
    };
    const result = await run.poll(stop);
    for (const { measurement, tags } of result.rows) seen.add(tags.ifname ?? measurement);
    if (polls > 1) assert.equal(row(result, 'snmp')?.fields.up, 1, 'it answers');
    complete = result.error === undefined;
    if (!complete) assert.equal(result.error?.code, 'cancelled');
  }
  assert.ok(complete && polls > 1, `${polls} polls`);
  assert.ok(seen.has('port 1') && seen.has('port 3'), [...seen].join());
  run.close();
});

test('a device that was silent is asked patiently again from its first answer on', async () => {
  await using agent = await OddAgent.start(smallMib(1), () => undefined);
  const run = start(agent.port);
  await poll(run);
  let seen = 0;
  // One answer, then two losses: an impatient session would give up.
  agent.behaviour = (_, answer) => (seen++ === 1 || seen === 3 ? undefined : answer);
  assert.equal((await poll(run)).error, undefined);
  run.close();
});

test('a credential that is missing or of the wrong kind says what to choose', async () => {
  const run = probe.start(probeTarget(), probe.settings.parse({}), tools);
  assert.equal((await poll(run)).error?.code, 'bad_credential');
  const wrong = start(1, { credential: { type: 'http_basic', values: {} } });
  assert.match((await poll(wrong)).error?.message ?? '', /http_basic/);
});
