import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EchoResult } from '../../src/icmp/echo.ts';
import { summary } from '../../src/probes/icmp.ts';

const chosen = { count: 4, interval_ms: 200, timeout_ms: 1000 };
const reply = (rttMs: number): EchoResult => ({ kind: 'reply', rttMs });
const fieldsOf = (...results: EchoResult[]) => summary(results, chosen, undefined).rows[0]?.fields;

test('a poll of pings tells round trips, their jitter and what was lost', () => {
  assert.deepEqual(fieldsOf(reply(2), reply(1), { kind: 'timeout' }, reply(4.00049)), {
    up: 1,
    loss_percent: 25,
    rtt_min_ms: 1,
    rtt_avg_ms: 2.333,
    rtt_max_ms: 4,
    jitter_ms: 2,
  });
  assert.deepEqual(fieldsOf(reply(0.5)), {
    up: 1,
    loss_percent: 0,
    rtt_min_ms: 0.5,
    rtt_avg_ms: 0.5,
    rtt_max_ms: 0.5,
  });
});

test('silence is loss without round trips, and so is a name that has no address', () => {
  assert.deepEqual(fieldsOf({ kind: 'timeout' }, { kind: 'timeout' }), { up: 0, loss_percent: 100 });
  const error = { code: 'name_unknown', message: 'The name x has no address.' };
  assert.deepEqual(summary([], chosen, error), {
    rows: [{ measurement: 'icmp', tags: {}, fields: { up: 0, loss_percent: 100 } }],
    error,
  });
});
