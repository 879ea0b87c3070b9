/** What is known of a device: its interfaces and its facts. */
import { idParams } from '../contract/common.ts';
import { deviceFacts, deviceInterfaces, interfacesPatch } from '../contract/devices.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import type { Services } from '../services.ts';

export function deviceDetailRoutes({ fleet, repositories }: Pick<Services, 'fleet' | 'repositories'>): Endpoint[] {
  const tag = 'devices';
  const interfacesOf = (id: number) => ({
    data: repositories.interfaces.ofDevice(id).map(({ tenant_id: _, device_id: __, ...shown }) => shown),
  });
  return [
    endpoint({
      method: 'get',
      path: '/devices/:id/interfaces',
      tag,
      summary: 'All interfaces that were found, each with whether it is polled',
      allow: 'read',
      params: idParams,
      answer: deviceInterfaces,
      handle: (call) => interfacesOf(fleet.devices.get(principalOf(call).tenant, call.params.id).id),
    }),
    endpoint({
      method: 'patch',
      path: '/devices/:id/interfaces',
      tag,
      summary: 'Choose which interfaces are polled; null goes back to the default',
      allow: 'operate',
      action: 'device.interfaces',
      params: idParams,
      body: interfacesPatch,
      answer: deviceInterfaces,
      handle(call) {
        call.audit({ target: `devices/${call.params.id}` });
        fleet.devices.chooseInterfaces(principalOf(call).tenant, call.params.id, call.body.interfaces);
        return interfacesOf(call.params.id);
      },
    }),
    endpoint({
      method: 'get',
      path: '/devices/:id/facts',
      tag,
      summary: 'What the device says of itself, and why it was recognised as what it is',
      allow: 'read',
      params: idParams,
      answer: deviceFacts,
      handle(call) {
        const record = fleet.devices.get(principalOf(call).tenant, call.params.id);
        return {
          device_id: record.id,
          facts: record.facts,
          template: record.template ?? record.recognised_template,
          confidence: record.confidence,
          reasons: record.reasons,
          found_at: record.facts_at,
        };
      },
    }),
  ];
}
