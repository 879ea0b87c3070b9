/** Scans joined to what they work with: the collector's network, credential profiles, the fleet. */
import type { Repositories } from '../db/repositories.ts';
import { DiscoveryRuns } from '../discovery/runs.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { importDiscovered } from '../fleet/import.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Live } from '../model/live.ts';
import type { CollectDesk } from './collect-desk.ts';

export interface DiscoveryOptions {
  readonly repositories: Repositories;
  readonly fleet: Fleet;
  readonly collect: CollectDesk;
  readonly live: Live;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createDiscovery(options: DiscoveryOptions): DiscoveryRuns {
  const { repositories, fleet, collect, live, clock, logger } = options;
  return new DiscoveryRuns({
    repositories,
    live,
    clock,
    logger,
    network: ({ tenant_id }) => collect.network(tenant_id),
    credential(tenant, id) {
      const row = repositories.credentialProfiles.get(tenant, id);
      const account = row?.public.username;
      return row && (typeof account === 'string' ? { id, account } : { id });
    },
    importFound(tenant, id) {
      const found = repositories.discoveredDevices.get(tenant, id);
      const result = found && importDiscovered(fleet.devices, tenant, found);
      if (result?.device_id === null) {
        logger.info({ address: found?.address, reason: result.detail }, 'what a scan found was not imported');
      }
    },
  });
}
