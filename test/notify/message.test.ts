import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestSubject, digestText } from '../../src/notify/digest.ts';
import { type AlertMessage, subjectOf, testMessage, textOf } from '../../src/notify/message.ts';

const message: AlertMessage = {
  ...testMessage(Date.UTC(2026, 0, 5, 8)),
  kind: 'firing',
  alert_id: 1,
  rule: 'Device offline',
  severity: 'critical',
  labels: { device: 'sw1' },
  annotations: { summary: 'sw1 does not answer' },
  time_zone: 'Europe/Berlin',
};

test('people read the time of their site, and how long it lasted', () => {
  const over = { ...message, kind: 'resolved', resolved_at: '2026-01-05T10:05:07.000Z' } as const;
  const text = textOf({ ...over, resolution: 'The device was removed.' });
  assert.match(text, /^Since: 2026-01-05 09:00:00 Europe\/Berlin \(08:00:00 UTC\)$/m);
  assert.match(text, /^Lasted: 2 h 5 min$/m);
  assert.match(text, /^Resolved because: The device was removed.$/m);
  assert.match(textOf({ ...message, time_zone: null }), /^Since: 2026-01-05 08:00:00 UTC$/m);
});

test('a name with line ends makes no second header', () => {
  const labels = { device: 'sw1\r\nBcc: everybody@example.org' };
  assert.equal(
    subjectOf({ ...message, labels }),
    '[FIRING] critical: Device offline on sw1 Bcc: everybody@example.org',
  );
});

test('many alerts in one mail: the worst first, a line each, how many of which rule', () => {
  const cpu = { ...message, rule: 'CPU busy', severity: 'warning', annotations: {} } as const;
  const over = { ...message, kind: 'resolved', resolved_at: '2026-01-05T08:01:00.000Z' } as const;
  const messages = [cpu, message, message, over];
  assert.equal(digestSubject(messages), '[FIRING] critical: 3 alerts: Device offline (2), CPU busy (1); 1 resolved');
  assert.equal(digestSubject([over]), '[RESOLVED] 1 alert: Device offline (1)');
  const lines = digestText(messages).split('\n');
  assert.equal(lines[0], '3 alerts firing, 1 alert resolved.');
  assert.deepEqual(
    lines.filter((line) => /^[A-Z]+ /.test(line)),
    ['FIRING critical: Device offline (2)', 'FIRING warning: CPU busy (1)', 'RESOLVED critical: Device offline (1)'],
  );
  assert.ok(lines.includes('  - CPU busy on sw1, since 2026-01-05 09:00:00 Europe/Berlin (08:00:00 UTC)'));
});
