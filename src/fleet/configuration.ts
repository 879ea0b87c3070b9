/**
 * The configuration document of the server's own collector, made of what is in SQLite. A change marks the devices that
 * it touches; five seconds after the first mark their sections are built again and what differs goes out as a delta.
 * Secrets stay sealed.
 */
import { createHash } from 'node:crypto';
import type { DeviceRecord } from '../db/devices.ts';
import type { MonitorRow } from '../db/monitors.ts';
import type { Repositories } from '../db/repositories.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import {
  type CollectorConfig,
  type CollectorConfigDelta,
  type DeviceSection,
  type PluginSection,
  type SealedCredential,
  tenantKey,
} from '../model/collector-config.ts';
import type { TenantId } from '../model/tenant.ts';
import type { TenantSettings } from './settings.ts';

export const DEBOUNCE_MS = 5000;
/** Devices marked `ot` get this part of the packets a second. */
const OT_DIVISOR = 5;

export interface CollectorConfigurationOptions {
  readonly repositories: Pick<Repositories, 'devices' | 'monitors' | 'interfaces' | 'credentialProfiles' | 'plugins'>;
  /** Templates that people of all tenants added, parsed, by `tenantKey`. */
  readonly addedTemplates: () => Readonly<Record<string, unknown>>;
  readonly settings: (tenant: TenantId) => Pick<TenantSettings, 'packets_per_second' | 'interface_rules'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Deliver = (delta: CollectorConfigDelta) => void;

export class CollectorConfiguration {
  readonly #options: CollectorConfigurationOptions;
  #document: CollectorConfig;
  #touched = new Set<number>();
  #touchedAll = false;
  #cancelTimer: (() => void) | undefined;
  #deliver: Deliver | undefined;

  constructor(options: CollectorConfigurationOptions) {
    this.#options = options;
    this.#document = this.#build(new Map(this.#sections().map((section) => [section.device_id, section])));
  }

  /** The document as it was last delivered. */
  get document(): CollectorConfig {
    return this.#document;
  }

  /** Calls back with each delta from now on; the document until then is `document`. */
  onDelta(deliver: Deliver): void {
    this.#deliver = deliver;
  }

  /** Something about these devices changed: their section, a monitor, a chosen interface, a credential. */
  touch(deviceIds: Iterable<number>): void {
    for (const id of deviceIds) this.#touched.add(id);
    this.#schedule();
  }

  /** Something changed that concerns everything: a setting, a template. */
  touchAll(): void {
    this.#touchedAll = true;
    this.#schedule();
  }

  /** Delivers at once what is waiting: a person deleted something or waits for a first answer. */
  flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (!this.#touchedAll && this.#touched.size === 0) return;
    const ids = this.#touchedAll ? undefined : [...this.#touched];
    this.#touched = new Set();
    this.#touchedAll = false;
    const sections = new Map(ids ? this.#document.devices.map((section) => [section.device_id, section]) : []);
    for (const id of ids ?? []) sections.delete(String(id));
    for (const section of this.#sections(ids)) sections.set(section.device_id, section);
    const before = this.#document;
    this.#document = this.#build(sections);
    if (before.revision !== this.#document.revision) this.#deliver?.(deltaBetween(before, this.#document));
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #schedule(): void {
    this.#cancelTimer ??= this.#options.clock.after(DEBOUNCE_MS, () => {
      try {
        this.flush();
      } catch (error) {
        this.#touchedAll = true;
        this.#options.logger.error({ err: error }, 'The configuration of the collector could not be built.');
      }
    });
  }

  #build(sections: ReadonlyMap<string, DeviceSection>): CollectorConfig {
    const devices = [...sections.values()].sort((a, b) => Number(a.device_id) - Number(b.device_id));
    const credentials = this.#credentials();
    const templates = this.#options.addedTemplates();
    const plugins = this.#plugins();
    const revision = hashOf([devices.map((section) => section.hash), credentials, templates, plugins]);
    return { format: 1, revision, credentials, templates, plugins, devices };
  }

  #credentials(): Record<string, SealedCredential> {
    const entries = this.#options.repositories.credentialProfiles.inUse().map((row): [string, SealedCredential] => {
      const id = String(row.id);
      return [id, { id, type: row.type, public: row.public, sealed: row.sealed }];
    });
    return Object.fromEntries(entries);
  }

  #plugins(): Record<string, PluginSection> {
    const entries = this.#options.repositories.plugins.inUse().map((row): [string, PluginSection] => {
      const { description: _, default_interval_s: __, created_at: ___, updated_at: ____, ...section } = row;
      return [tenantKey(row.tenant_id, row.id), section];
    });
    return Object.fromEntries(entries);
  }

  /** Sections of the given devices that are still there, or of all. */
  #sections(ids?: readonly number[]): DeviceSection[] {
    const { repositories, settings } = this.#options;
    const few = ids !== undefined && ids.length <= 20 ? ids : undefined;
    const monitors = Map.groupBy(
      few ? few.flatMap((id) => repositories.monitors.ofDevice(id)) : repositories.monitors.local(),
      (monitor) => monitor.device_id,
    );
    const chosen = Map.groupBy(
      few ? few.flatMap((id) => repositories.interfaces.chosen(id)) : repositories.interfaces.chosen(),
      (entry) => entry.device_id,
    );
    return repositories.devices.local(ids).map((device) => {
      const decided = Object.fromEntries((chosen.get(device.id) ?? []).map((entry) => [entry.ifname, entry.chosen]));
      return sectionOf(device, monitors.get(device.id) ?? [], decided, settings(device.tenant_id));
    });
  }
}

function sectionOf(
  device: DeviceRecord,
  monitors: readonly MonitorRow[],
  interfaces: Readonly<Record<string, boolean>>,
  {
    packets_per_second: packetsPerSecond,
    interface_rules: rules,
  }: ReturnType<CollectorConfigurationOptions['settings']>,
): DeviceSection {
  const body: Omit<DeviceSection, 'hash'> = {
    device_id: String(device.id),
    tenant_id: device.tenant_id,
    address: device.address,
    ...(device.template === null ? {} : { template: device.template }),
    packets_per_second: device.ot ? Math.max(1, Math.floor(packetsPerSecond / OT_DIVISOR)) : packetsPerSecond,
    interfaces,
    ...(rules.length === 0 ? {} : { interface_rules: rules }),
    monitors: monitors
      .filter((monitor) => monitor.enabled)
      .map((monitor) => ({
        monitor_id: String(monitor.id),
        plugin_id: monitor.plugin_id,
        interval_s: monitor.polling_interval,
        settings: monitor.settings,
        ...(monitor.credential_profile_id === null ? {} : { credential_id: String(monitor.credential_profile_id) }),
      })),
  };
  return { ...body, hash: hashOf(body) };
}

/** What a collector that has `before` must change to have `after`. */
export function deltaBetween(before: CollectorConfig, after: CollectorConfig): CollectorConfigDelta {
  const hashes = new Map(before.devices.map((section) => [section.device_id, section.hash]));
  const kept = new Set(after.devices.map((section) => section.device_id));
  return {
    format: 1,
    from_revision: before.revision,
    revision: after.revision,
    credentials: changesBetween(before.credentials, after.credentials),
    templates: after.templates,
    plugins: changesBetween(before.plugins, after.plugins),
    changed: after.devices.filter((section) => hashes.get(section.device_id) !== section.hash),
    removed: before.devices.map((section) => section.device_id).filter((id) => !kept.has(id)),
  };
}

/** What is new or differs, and null for what is gone. */
function changesBetween<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
): Record<string, T | null> {
  const changes: Record<string, T | null> = {};
  for (const [id, entry] of Object.entries(after)) {
    const old = before[id];
    if (!old || hashOf(old) !== hashOf(entry)) changes[id] = entry;
  }
  for (const id of Object.keys(before)) {
    if (!after[id]) changes[id] = null;
  }
  return changes;
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);
}
