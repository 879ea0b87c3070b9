/** Monitors. */
import type { MonitorRecord } from '../../db/monitors.ts';
import { Refusal } from '../../model/refusal.ts';
import { idParams, pageOf } from '../contract/common.ts';
import { monitor, monitorInput, monitorListQuery, monitorPatch, pollResult } from '../contract/monitors.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import type { Services } from '../services.ts';

function present(record: MonitorRecord) {
  const { tenant_id: _, ...shown } = record;
  return shown;
}

export function monitorRoutes(services: Pick<Services, 'fleet' | 'repositories' | 'collect'>): Endpoint[] {
  const { fleet, repositories, collect } = services;
  const tag = 'monitors';
  return [
    endpoint({
      method: 'get',
      path: '/monitors',
      tag,
      summary: 'Monitors',
      allow: 'read',
      query: monitorListQuery,
      answer: pageOf(monitor),
      handle(call) {
        const page = repositories.monitors.list(principalOf(call).tenant, call.query);
        return { ...page, data: page.data.map((record) => present(fleet.monitors.withState(record))) };
      },
    }),
    endpoint({
      method: 'post',
      path: '/monitors',
      tag,
      summary: 'Add a monitor; it is polled from now on',
      allow: 'operate',
      action: 'monitor.create',
      body: monitorInput,
      answer: monitor,
      status: 201,
      handle(call) {
        const record = fleet.monitors.create(principalOf(call).tenant, call.body);
        call.audit({ target: `monitors/${record.id}` });
        return present(record);
      },
    }),
    endpoint({
      method: 'get',
      path: '/monitors/:id',
      tag,
      summary: 'A monitor',
      allow: 'read',
      params: idParams,
      answer: monitor,
      handle: (call) => present(fleet.monitors.get(principalOf(call).tenant, call.params.id)),
    }),
    endpoint({
      method: 'put',
      path: '/monitors/:id',
      tag,
      summary: 'Replace credential profile, interval, settings and whether it is enabled',
      allow: 'operate',
      action: 'monitor.update',
      params: idParams,
      body: monitorInput,
      answer: monitor,
      handle(call) {
        call.audit({ target: `monitors/${call.params.id}` });
        return present(fleet.monitors.replace(principalOf(call).tenant, call.params.id, call.body));
      },
    }),
    endpoint({
      method: 'patch',
      path: '/monitors/:id',
      tag,
      summary: 'Change some of a monitor',
      allow: 'operate',
      action: 'monitor.update',
      params: idParams,
      body: monitorPatch,
      answer: monitor,
      handle(call) {
        call.audit({ target: `monitors/${call.params.id}` });
        return present(fleet.monitors.patch(principalOf(call).tenant, call.params.id, call.body));
      },
    }),
    endpoint({
      method: 'delete',
      path: '/monitors/:id',
      tag,
      summary: 'Remove a monitor and all that it measured',
      allow: 'operate',
      action: 'monitor.delete',
      params: idParams,
      async handle(call) {
        const record = await fleet.monitors.delete(principalOf(call).tenant, call.params.id);
        const { device_id, device, plugin_id } = record;
        call.audit({ target: `monitors/${record.id}`, detail: { device_id, device, plugin_id } });
        return undefined;
      },
    }),
    endpoint({
      method: 'post',
      path: '/monitors/:id/poll',
      tag,
      summary: 'Poll now and answer what came of it',
      allow: 'operate',
      action: 'monitor.poll',
      params: idParams,
      answer: pollResult,
      async handle(call) {
        const record = fleet.monitors.get(principalOf(call).tenant, call.params.id);
        if (!record.enabled) throw new Refusal('conflict', 'The monitor is disabled: enable it first.');
        call.audit({ target: `monitors/${record.id}`, detail: null });
        // A monitor that was made a moment ago need not wait for its configuration to be delivered.
        fleet.configuration.flush();
        const outcome = await collect.poll(record.id);
        if (!outcome)
          throw new Refusal('unavailable', 'The collector does not know this monitor yet: try again in some seconds.');
        return {
          monitor_id: record.id,
          ok: outcome.error === undefined,
          at: new Date(outcome.at_ms),
          duration_ms: outcome.duration_ms,
          error: outcome.error ?? null,
          metrics: outcome.metrics,
        };
      },
    }),
  ];
}
