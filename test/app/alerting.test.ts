/** Alerts from rule to queue over SQLite: what fires, who is told when, and what is left after a restart. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAlerting } from '../support/alerting.ts';

const MINUTE = 60_000;

test('a flapping alert is told once a window; one that stays is told when the window ends', async () => {
  await using plant = await createAlerting();
  plant.addRule('flaps');
  const told: string[] = [];
  const round = async (isUp: boolean, ms = MINUTE) => {
    plant.returns('flaps', isUp ? [] : [{ link: 'a' }]);
    await plant.round(ms);
    told.push(...plant.due());
    plant.deliver();
  };
  await round(true);
  for (let i = 0; i < 4; i++) {
    await round(false);
    await round(true);
  }
  assert.deepEqual(told, ['firing of 1 @ 1', 'resolved of 1 @ 1']);
  await round(false);
  for (let i = 0; i < 8; i++) await round(false);
  assert.deepEqual(told.slice(2), ['firing of 5 @ 1'], 'it fires still: people must hear that it is back');
  await round(true);
  assert.deepEqual(told.slice(3), ['resolved of 5 @ 1']);
});

test('pending, firing and muted alerts are the same after a restart, and nobody is told twice', async () => {
  await using plant = await createAlerting();
  plant.addRule('slow', { for_s: 120 });
  plant.addRule('fast');
  plant.addRule('known');
  for (const name of ['slow', 'fast', 'known']) plant.returns(name, [{ a: '1' }]);
  await plant.round();
  plant.alerting.resolve(1, 3, 'anna');
  assert.deepEqual(plant.states(), ['1 pending', '2 firing', '3 resolved']);
  assert.equal(plant.repositories.alerts.get(1, 3)?.resolution, 'anna resolved it.');
  plant.deliver();
  plant.restart();
  await plant.round(MINUTE);
  assert.deepEqual(plant.states(), ['1 pending', '2 firing', '3 resolved']);
  await plant.round(MINUTE);
  assert.deepEqual(plant.states(), ['1 firing', '2 firing', '3 resolved']);
  assert.deepEqual(plant.due(), ['firing of 1 @ 1']);
  plant.returns('known', []);
  await plant.round();
  plant.restart();
  plant.returns('known', [{ a: '1' }]);
  await plant.round();
  assert.deepEqual(plant.states(), ['1 firing', '2 firing', '3 resolved', '4 firing'], 'it was gone in between');
});

test('a pending alert that a person resolves stays in the list', async () => {
  await using plant = await createAlerting();
  plant.addRule('slow', { for_s: 120 });
  plant.returns('slow', [{ a: '1' }]);
  await plant.round();
  plant.alerting.resolve(1, 1, 'anna');
  assert.deepEqual(plant.states(), ['1 resolved']);
  await plant.round(5 * MINUTE);
  assert.deepEqual(plant.states(), ['1 resolved']);
  assert.deepEqual(plant.due(), []);
});

test('alerts of a device that is removed end with it, and say why', async () => {
  await using plant = await createAlerting();
  const device = plant.fleet.devices.create(1, { address: '10.0.0.1', name: 'sw1' });
  plant.addRule('device_offline == 1');
  plant.returns('device_offline == 1', [{ device_id: String(device.id), device: 'sw1' }]);
  await plant.round();
  plant.deliver();
  await plant.fleet.devices.delete(1, device.id, true);
  assert.deepEqual(plant.due(), ['resolved of 1 @ 1']);
  assert.equal(plant.repositories.alerts.get(1, 1)?.resolution, 'The device was removed.');
  const deleted = plant.server.store.deleted.filter((selector) => selector.includes('device_(health|offline'));
  assert.deepEqual(deleted, [`{__name__=~"device_(health|offline|silent_seconds)",device_id="${device.id}"}`]);
});

test('removing a rule tells at once that its alerts are over', async () => {
  await using plant = await createAlerting();
  const id = plant.addRule('r');
  plant.returns('r', [{ a: '1' }]);
  await plant.round();
  plant.deliver();
  plant.repositories.alertRules.delete(1, id, new Date(plant.clock.nowMs()));
  plant.alerting.rulesChanged();
  assert.deepEqual(plant.due(), ['resolved of 1 @ 1']);
  await plant.round();
  assert.deepEqual(plant.states(), ['1 resolved']);
});

test('a rule that becomes critical tells the channel that wants only those, and no other twice', async () => {
  await using plant = await createAlerting({ channels: ['info', 'critical'] });
  const id = plant.addRule('r', { severity: 'warning' });
  plant.returns('r', [{ a: '1' }]);
  await plant.round();
  assert.deepEqual(plant.due(), ['firing of 1 @ 1']);
  plant.deliver();
  plant.repositories.alertRules.update(1, id, { severity: 'critical' }, new Date(plant.clock.nowMs()));
  await plant.round();
  assert.deepEqual(plant.due(), ['firing of 1 @ 2']);
  assert.equal(plant.repositories.alerts.get(1, 1)?.severity, 'critical');
});

test("samples that name another tenant's device say nothing about it", async () => {
  await using plant = await createAlerting();
  const device = plant.fleet.devices.create(1, { address: '10.0.0.1', name: 'secret name' });
  plant.addRule('theirs', { tenant: 2 });
  plant.returns('theirs', [{ device_id: String(device.id) }]);
  await plant.round();
  const [alert] = plant.repositories.alerts.list(2, {}).data;
  assert.deepEqual([alert?.state, alert?.device_id, alert?.device], ['firing', null, null]);
  assert.deepEqual([...plant.repositories.alerts.worstByDevice()], []);
  assert.equal(plant.repositories.journal.events(1, { kind: 'alert_firing' }).data.length, 0);
});

test('with the clock turned back by a day, what waits is sent and what fires is told', async () => {
  await using plant = await createAlerting();
  plant.addRule('r');
  plant.returns('r', [{ a: '1' }]);
  await plant.round();
  const [row] = plant.repositories.notifications.due(1, new Date(plant.clock.nowMs()), 1);
  plant.repositories.notifications.update(row!.id, {
    attempts: 3,
    next_attempt_at: new Date(plant.clock.nowMs() + 300_000),
  });
  assert.deepEqual(plant.due(), []);
  plant.clock.jump(-86_400_000);
  assert.deepEqual(plant.due(), ['firing of 1 @ 1']);
  plant.deliver();
  plant.returns('r', []);
  await plant.round();
  assert.deepEqual(plant.states(), ['1 firing'], 'what is missing after a jump resolves nothing at first');
  await plant.round(MINUTE);
  plant.deliver();
  plant.clock.jump(-86_400_000);
  plant.returns('r', [{ a: '1' }]);
  await plant.round();
  assert.deepEqual(plant.due(), ['firing of 2 @ 1'], 'it was last told in what is now the future');
});

test('messages say the time of the device’s site', async () => {
  await using plant = await createAlerting();
  const now = new Date(plant.clock.nowMs());
  plant.repositories.sites.insert(1, { name: 'Plant', time_zone: 'Europe/Berlin', description: '' }, now);
  const device = plant.fleet.devices.create(1, { address: '10.0.0.1', site: 'Plant' });
  plant.addRule('r');
  plant.returns('r', [{ device_id: String(device.id) }]);
  await plant.round();
  const [row] = plant.repositories.notifications.due(1, new Date(plant.clock.nowMs()), 1);
  const { time_zone: zone } = row!.payload as { time_zone: string };
  assert.equal(zone, 'Europe/Berlin');
});

test('a channel that could not deliver its last message shows in the health, until it can', async () => {
  await using plant = await createAlerting();
  const { channels } = plant.repositories;
  channels.saveOutcome(1, { last_error: 'refused', last_error_at: new Date(plant.clock.nowMs()) });
  assert.equal(plant.alerting.healthChecks().notifications?.status, 'degraded');
  channels.saveOutcome(1, { last_sent_at: new Date(plant.clock.nowMs() + 1) });
  assert.equal(plant.alerting.healthChecks().notifications?.status, 'ok');
});
