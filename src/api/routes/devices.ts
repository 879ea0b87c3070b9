/** Devices, one at a time. */
import type { DeviceRecord } from '../../db/devices.ts';
import { parseAddress } from '../../lib/address.ts';
import { HEALTH, type Health } from '../../model/health.ts';
import { idParams, pageOf } from '../contract/common.ts';
import {
  device,
  deviceDeleteQuery,
  deviceInput,
  deviceListQuery,
  devicePatch,
  deviceSummary,
} from '../contract/devices.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import type { Services } from '../services.ts';

export function presentDevice(record: DeviceRecord) {
  const { tenant_id, name_given, address_key, recognised_template, confidence, reasons, facts_at, ...shown } = record;
  return { ...shown, effective_template: record.template ?? recognised_template };
}

export function deviceRoutes({ fleet, repositories }: Pick<Services, 'fleet' | 'repositories'>): Endpoint[] {
  const tag = 'devices';
  const withLastSeen = (record: DeviceRecord): DeviceRecord => {
    const seenMs = fleet.states.lastSuccessMs(record.id);
    return seenMs === undefined ? record : { ...record, last_seen_at: new Date(seenMs) };
  };
  return [
    endpoint({
      method: 'get',
      path: '/devices',
      tag,
      summary: 'Devices',
      allow: 'read',
      query: deviceListQuery,
      answer: pageOf(device),
      handle(call) {
        const { address, ...query } = call.query;
        const parsed = address === undefined ? undefined : parseAddress(address);
        // No device can have an address that is none.
        if (typeof parsed === 'string') return { data: [], next_cursor: null };
        const page = repositories.devices.list(principalOf(call).tenant, { ...query, address_key: parsed?.key });
        return { ...page, data: page.data.map((record) => presentDevice(withLastSeen(record))) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/devices/summary',
      tag,
      summary: 'How many devices are in which health, in all and by site',
      allow: 'read',
      answer: deviceSummary,
      handle(call) {
        return summary(repositories.devices.countBySiteAndHealth(principalOf(call).tenant));
      },
    }),
    endpoint({
      method: 'post',
      path: '/devices',
      tag,
      summary: 'Add a device; with an SNMP credential profile it is recognised and polled at once',
      allow: 'operate',
      action: 'device.create',
      body: deviceInput,
      answer: device,
      status: 201,
      handle(call) {
        const record = fleet.devices.create(principalOf(call).tenant, call.body);
        call.audit({ target: `devices/${record.id}` });
        return presentDevice(record);
      },
    }),
    endpoint({
      method: 'get',
      path: '/devices/:id',
      tag,
      summary: 'A device',
      allow: 'read',
      params: idParams,
      answer: device,
      handle: (call) => presentDevice(fleet.devices.get(principalOf(call).tenant, call.params.id)),
    }),
    endpoint({
      method: 'put',
      path: '/devices/:id',
      tag,
      summary: 'Replace what people say of a device; its ID and history stay',
      allow: 'operate',
      action: 'device.update',
      params: idParams,
      body: deviceInput,
      answer: device,
      handle(call) {
        call.audit({ target: `devices/${call.params.id}` });
        return presentDevice(fleet.devices.replace(principalOf(call).tenant, call.params.id, call.body));
      },
    }),
    endpoint({
      method: 'patch',
      path: '/devices/:id',
      tag,
      summary: 'Change some of what people say of a device',
      allow: 'operate',
      action: 'device.update',
      params: idParams,
      body: devicePatch,
      answer: device,
      handle(call) {
        call.audit({ target: `devices/${call.params.id}` });
        return presentDevice(fleet.devices.patch(principalOf(call).tenant, call.params.id, call.body));
      },
    }),
    endpoint({
      method: 'delete',
      path: '/devices/:id',
      tag,
      summary: 'Remove a device that has no monitors; with cascade=true its monitors and their metrics go too',
      allow: 'operate',
      action: 'device.delete',
      params: idParams,
      query: deviceDeleteQuery,
      async handle(call) {
        const { tenant } = principalOf(call);
        const record = await fleet.devices.delete(tenant, call.params.id, call.query.cascade ?? false);
        call.audit({ target: `devices/${record.id}`, detail: { name: record.name, address: record.address } });
        return undefined;
      },
    }),
  ];
}

function summary(counts: readonly { site_id: number; site: string; health: Health; n: number }[]) {
  const by_health = Object.fromEntries(HEALTH.map((health) => [health, 0])) as Record<Health, number>;
  const sites = new Map<number, { site_id: number; site: string; total: number; worst: Health }>();
  let total = 0;
  for (const { site_id, site, health, n } of counts) {
    by_health[health] += n;
    total += n;
    const entry = sites.get(site_id) ?? { site_id, site, total: 0, worst: health };
    entry.total += n;
    if (RANK[health] > RANK[entry.worst]) entry.worst = health;
    sites.set(site_id, entry);
  }
  return { total, by_health, by_site: [...sites.values()].sort((a, b) => a.site.localeCompare(b.site)) };
}

/** How much a health calls for attention. */
const RANK: Readonly<Record<Health, number>> = {
  healthy: 0,
  maintenance: 1,
  discovering: 2,
  unknown: 3,
  warning: 4,
  critical: 5,
  offline: 6,
};
