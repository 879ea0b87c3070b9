/** Rules about which interfaces are polled: before the first poll of a device, and for all that are there. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { indexOfRule } from '../../model/interface-rule.ts';
import { isPolledByDefault } from '../../templates/interfaces.ts';
import { interfaceRules, interfaceRulesPreview } from '../contract/interface-rules.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import type { Services } from '../services.ts';

const MAX_EXAMPLES = 20;
/** Interfaces are read and judged some thousand at a time, with room for others' requests in between. */
const DEVICES_AT_A_TIME = 100;

export function interfaceRuleRoutes({ fleet, repositories }: Pick<Services, 'fleet' | 'repositories'>): Endpoint[] {
  const tag = 'devices';
  return [
    endpoint({
      method: 'get',
      path: '/interface-rules',
      tag,
      summary: 'Rules about which interfaces are polled, in order',
      allow: 'read',
      answer: interfaceRules,
      handle: (call) => ({ rules: [...fleet.settings.of(principalOf(call).tenant).interface_rules] }),
    }),
    endpoint({
      method: 'put',
      path: '/interface-rules',
      tag,
      summary: 'Replace the rules; they hold from the next look at each device on',
      allow: 'operate',
      action: 'interface_rules.update',
      body: interfaceRules,
      answer: interfaceRules,
      handle(call) {
        const { tenant } = principalOf(call);
        const { interface_rules } = fleet.settings.change(tenant, { interface_rules: call.body.rules });
        fleet.configuration.touchAll();
        return { rules: [...interface_rules] };
      },
    }),
    endpoint({
      method: 'post',
      path: '/interface-rules/preview',
      tag,
      summary: 'What rules would change, without storing them',
      allow: 'operate',
      body: interfaceRules,
      answer: interfaceRulesPreview,
      async handle(call) {
        const { rules } = call.body;
        const devices = repositories.devices.allNames(principalOf(call).tenant);
        const decided = rules.map(() => 0);
        const examples: { device_id: number; device: string; ifname: string; alias: string; polled: boolean }[] = [];
        let begin = 0;
        let end = 0;
        for (let start = 0; start < devices.length; start += DEVICES_AT_A_TIME) {
          if (start > 0) await nextTurn();
          for (const device of devices.slice(start, start + DEVICES_AT_A_TIME)) {
            for (const one of repositories.interfaces.ofDevice(device.id)) {
              if (one.gone || one.chosen !== null) continue;
              const index = indexOfRule(rules, one);
              if (index >= 0) decided[index]!++;
              const polled = rules[index]?.polled ?? isPolledByDefault(one, one.polled);
              if (polled === one.polled) continue;
              if (polled) begin++;
              else end++;
              const { ifname, alias } = one;
              if (examples.length < MAX_EXAMPLES) {
                examples.push({ device_id: device.id, device: device.name, ifname, alias, polled });
              }
            }
          }
        }
        return { decided, begin, end, examples };
      },
    }),
  ];
}
