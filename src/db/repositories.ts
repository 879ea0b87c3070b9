/** All repositories over one database, constructed once in the composition root. */
import { AlertRuleRepository } from './alert-rules.ts';
import { AlertRepository } from './alerts.ts';
import { ApiKeyRepository } from './api-keys.ts';
import { ChannelRepository } from './channels.ts';
import { CredentialProfileRepository } from './credential-profiles.ts';
import type { Database } from './database.ts';
import { DeviceRepository } from './devices.ts';
import { DiscoveredDeviceRepository } from './discovered-devices.ts';
import { DiscoveryRepository } from './discovery.ts';
import { InterfaceRepository } from './interfaces.ts';
import { JournalRepository } from './journal.ts';
import { MonitorRepository } from './monitors.ts';
import { NotificationRepository } from './notifications.ts';
import { PluginRepository } from './plugins.ts';
import { SessionRepository } from './sessions.ts';
import { SiteRepository } from './sites.ts';
import { TemplateRepository } from './templates.ts';
import { TenantRepository } from './tenants.ts';
import { UserRepository } from './users.ts';

export type Repositories = ReturnType<typeof createRepositories>;

export function createRepositories(db: Database) {
  return {
    transaction: <T>(work: () => T): T => db.transaction(work),
    /** Why changes are not stored; undefined while they are. */
    writeProblem: () => db.writeProblem(),
    tenants: new TenantRepository(db),
    users: new UserRepository(db),
    sessions: new SessionRepository(db),
    apiKeys: new ApiKeyRepository(db),
    sites: new SiteRepository(db),
    credentialProfiles: new CredentialProfileRepository(db),
    devices: new DeviceRepository(db),
    interfaces: new InterfaceRepository(db),
    monitors: new MonitorRepository(db),
    plugins: new PluginRepository(db),
    templates: new TemplateRepository(db),
    discovery: new DiscoveryRepository(db),
    discoveredDevices: new DiscoveredDeviceRepository(db),
    alertRules: new AlertRuleRepository(db),
    alerts: new AlertRepository(db),
    channels: new ChannelRepository(db),
    notifications: new NotificationRepository(db),
    journal: new JournalRepository(db),
  };
}
