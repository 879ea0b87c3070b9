/** What a new data folder begins with: the administrator from the environment, the shipped rules, this machine as a device. */
import os from 'node:os';
import type { Auth } from '../auth/auth.ts';
import type { DataFolderRole } from '../config/data-folder.ts';
import type { Repositories } from '../db/repositories.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { Logger } from '../lib/logger.ts';
import { DEFAULT_TENANT } from '../model/tenant.ts';
import type { Alerting } from './alerting.ts';

export interface FirstStartContext {
  readonly auth: Auth;
  readonly fleet: Fleet;
  readonly alerting: Alerting;
  readonly repositories: Repositories;
  readonly logger: Logger;
}

export type FirstStart = (context: FirstStartContext) => Promise<void>;

/** The machine itself; the name, not 127.0.0.1, so that an agent on loopback can still be added. */
const THIS_HOST = 'localhost';
const SEEDED = 'first_start_done';

export async function seedFirstStart(
  context: FirstStartContext,
  role: DataFolderRole,
  firstStart: FirstStart | undefined,
): Promise<void> {
  const { auth, fleet, alerting, repositories, logger } = context;
  const { TELLTALE_ADMIN_USER: user, TELLTALE_ADMIN_PASSWORD: password } = process.env;
  if (auth.firstRun.needed() && password) {
    await auth.people.createFirst(DEFAULT_TENANT, user || 'admin', password);
    logger.info({ user: user || 'admin' }, 'the administrator was created from the environment');
  }
  if (repositories.tenants.settings(DEFAULT_TENANT)[SEEDED]) return;
  alerting.seedRules(DEFAULT_TENANT);
  if (role === 'server') {
    const device = fleet.devices.create(DEFAULT_TENANT, { name: os.hostname() || 'this-host', address: THIS_HOST });
    fleet.monitors.create(DEFAULT_TENANT, { device_id: device.id, plugin_id: 'host' });
  }
  await firstStart?.(context);
  repositories.tenants.saveSettings(DEFAULT_TENANT, { [SEEDED]: true });
  fleet.configuration.flush();
}
