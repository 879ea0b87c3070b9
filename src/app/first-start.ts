/** What a new data folder begins with: the administrator from the environment, the shipped rules, this machine as a device. */
import os from 'node:os';
import { password as passwordRule, username as usernameRule } from '../api/contract/session.ts';
import type { Auth } from '../auth/auth.ts';
import { ConfigError } from '../config/config.ts';
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
    const username = user || 'admin';
    checkAdministrator(username, password);
    await auth.people.createFirst(DEFAULT_TENANT, username, password);
    logger.info({ user: username }, 'the administrator was created from the environment');
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

/** The same rules as on the first page. @throws ConfigError */
function checkAdministrator(username: string, password: string): void {
  const problems = [
    ['TELLTALE_ADMIN_USER', usernameRule.safeParse(username)],
    ['TELLTALE_ADMIN_PASSWORD', passwordRule.safeParse(password)],
  ] as const;
  const lines = problems.flatMap(([name, { error }]) => (error ? [`${name}: ${error.issues[0]?.message}`] : []));
  if (lines.length > 0) throw new ConfigError(lines);
}
