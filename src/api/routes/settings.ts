/** Settings of the tenant. */
import type { TenantSettings } from '../../fleet/settings.ts';
import { settings, settingsPatch } from '../contract/system.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import type { Services } from '../services.ts';

/** Interface rules have an address of their own: operators may change them. */
function present({ interface_rules: _, ...shown }: TenantSettings) {
  return shown;
}

export function settingsRoutes({ fleet }: Pick<Services, 'fleet'>): Endpoint[] {
  const tag = 'system';
  return [
    endpoint({
      method: 'get',
      path: '/settings',
      tag,
      summary: 'Settings',
      allow: 'read',
      answer: settings,
      handle: (call) => present(fleet.settings.of(principalOf(call).tenant)),
    }),
    endpoint({
      method: 'patch',
      path: '/settings',
      tag,
      summary: 'Change some settings',
      allow: 'administer',
      action: 'settings.update',
      body: settingsPatch,
      answer: settings,
      handle(call) {
        const changed = fleet.settings.change(principalOf(call).tenant, call.body);
        fleet.configuration.touchAll();
        return present(changed);
      },
    }),
  ];
}
