/** Devices: creating one with a credential profile makes its monitors, and recognition begins with their first poll. */
import type { DeviceRecord, NewDevice } from '../db/devices.ts';
import { isUniqueViolation } from '../db/errors.ts';
import type { InterfaceRecord } from '../db/interfaces.ts';
import type { MonitorRow } from '../db/monitors.ts';
import type { Repositories } from '../db/repositories.ts';
import { DEFAULT_SITE } from '../db/sites.ts';
import { type Address, parseAddress } from '../lib/address.ts';
import type { Clock } from '../lib/clock.ts';
import { type FieldProblem, Refusal } from '../model/refusal.ts';
import type { TenantId } from '../model/tenant.ts';
import type { CollectorConfiguration } from './configuration.ts';
import type { Events } from './events.ts';
import { type LabelJoiner, RESERVED_LABELS } from './joined-labels.ts';
import type { MonitorStates } from './monitor-states.ts';
import type { Monitors } from './monitors.ts';

export interface DeviceWish {
  readonly name?: string | undefined;
  readonly address: string;
  readonly site?: string | undefined;
  readonly contact?: string | undefined;
  readonly template?: string | null | undefined;
  readonly credential_profile_id?: number | null | undefined;
  readonly component_id?: number | null | undefined;
  readonly parent_id?: number | null | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly offline_after_s?: number | undefined;
  readonly ot?: boolean | undefined;
}

export type DevicePatch = { readonly [K in keyof DeviceWish]?: DeviceWish[K] | undefined };

export interface DevicesOptions {
  readonly repositories: Pick<
    Repositories,
    'devices' | 'sites' | 'interfaces' | 'monitors' | 'credentialProfiles' | 'transaction'
  >;
  readonly monitors: Monitors;
  readonly states: MonitorStates;
  readonly events: Events;
  readonly joiner: LabelJoiner;
  readonly configuration: CollectorConfiguration;
  readonly templateExists: (tenant: TenantId, id: string) => boolean;
  /** Devices are gone, and so is what was measured of them. */
  readonly removed: (tenant: TenantId, ids: readonly number[]) => void;
  readonly defaults: (tenant: TenantId) => { readonly polling_interval_s: number; readonly offline_after_s: number };
  readonly clock: Clock;
}

export interface RemovedDevice {
  readonly device: DeviceRecord;
  /** What it had. */
  readonly monitors: readonly MonitorRow[];
  readonly interfaces: readonly InterfaceRecord[];
}

type Checked = Pick<
  NewDevice,
  | 'site_id'
  | 'name'
  | 'name_given'
  | 'address'
  | 'address_key'
  | 'contact'
  | 'template'
  | 'credential_profile_id'
  | 'component_id'
  | 'parent_id'
  | 'labels'
  | 'offline_after_s'
  | 'ot'
>;

export class Devices {
  readonly #options: DevicesOptions;

  constructor(options: DevicesOptions) {
    this.#options = options;
  }

  /** @throws Refusal when there is none of this tenant */
  get(tenant: TenantId, id: number): DeviceRecord {
    const record = this.#options.repositories.devices.get(tenant, id);
    if (!record) throw Refusal.notFound('Device');
    const seenMs = this.#options.states.lastSuccessMs(id);
    return seenMs === undefined ? record : { ...record, last_seen_at: new Date(seenMs) };
  }

  /** @throws Refusal for a wrong wish or an address that the site has already */
  create(tenant: TenantId, wish: DeviceWish): DeviceRecord {
    const { repositories, events, joiner, configuration } = this.#options;
    const checked = this.#check(tenant, wish);
    const now = this.#now();
    const id = this.#unique(checked, () =>
      repositories.transaction(() => {
        const deviceId = repositories.devices.insert({
          ...checked,
          tenant_id: tenant,
          recognised_template: null,
          confidence: null,
          reasons: [],
          facts: {},
          facts_at: null,
          health: 'discovering',
          health_since: now,
          last_seen_at: null,
          created_at: now,
          updated_at: now,
        });
        this.#addMonitor(tenant, deviceId, 'icmp', null);
        this.#followCredential(tenant, deviceId, null, checked.credential_profile_id);
        return deviceId;
      }),
    );
    const device = this.get(tenant, id);
    events.record(device, 'device_added', { after: { name: device.name, address: device.address } });
    joiner.device(device);
    configuration.touch([id]);
    return device;
  }

  /** `wish` replaces everything that may change. @throws Refusal */
  replace(tenant: TenantId, id: number, wish: DeviceWish): DeviceRecord {
    const { repositories, events, joiner, configuration } = this.#options;
    const before = this.get(tenant, id);
    const checked = this.#check(tenant, wish, before);
    this.#unique(checked, () =>
      repositories.transaction(() => {
        repositories.devices.update(tenant, id, { ...checked, updated_at: this.#now() });
        this.#followCredential(tenant, id, before.credential_profile_id, checked.credential_profile_id);
      }),
    );
    const after = this.get(tenant, id);
    if (before.name !== after.name) events.record(after, 'renamed', { before: before.name, after: after.name });
    if (before.address !== after.address) {
      events.record(after, 'address_changed', { before: before.address, after: after.address });
    }
    if (before.site_id !== after.site_id) events.record(after, 'moved', { before: before.site, after: after.site });
    joiner.device(after);
    configuration.touch([id]);
    return after;
  }

  /** Changes only what is given. @throws Refusal */
  patch(tenant: TenantId, id: number, patch: DevicePatch): DeviceRecord {
    const before = this.get(tenant, id);
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    const { name, ...rest } = before;
    return this.replace(tenant, id, { ...rest, ...(before.name_given ? { name } : {}), ...given });
  }

  /** With `cascade` its monitors and their metrics go too; without, none may be left. @throws Refusal */
  async delete(tenant: TenantId, id: number, cascade: boolean): Promise<DeviceRecord> {
    const removed = this.remove(tenant, id, cascade);
    await this.forget(tenant, [removed]);
    return removed.device;
  }

  /** The part of `delete` that can be refused: in the database alone. `forget` must follow. @throws Refusal */
  remove(tenant: TenantId, id: number, cascade: boolean): RemovedDevice {
    const { repositories } = this.#options;
    const device = this.get(tenant, id);
    return repositories.transaction(() => {
      const monitors = repositories.monitors.ofDevice(id);
      if (monitors.length > 0 && !cascade) {
        throw new Refusal('in_use', `Device in use by ${monitors.length} monitor(s)`);
      }
      const interfaces = repositories.interfaces.ofDevice(id);
      for (const row of monitors) repositories.monitors.delete(tenant, row.id);
      repositories.devices.delete(tenant, id);
      return { device, monitors, interfaces };
    });
  }

  /** Tells everybody that devices were removed, stops polling them, and deletes what was measured of them. */
  async forget(tenant: TenantId, removed: readonly RemovedDevice[]): Promise<void> {
    const { repositories, monitors, events, joiner, configuration, states } = this.#options;
    const ids = removed.map(({ device }) => device.id);
    repositories.transaction(() => {
      for (const { device } of removed) {
        events.record(device, 'device_removed', { before: { name: device.name, address: device.address } });
      }
    });
    for (const { device, interfaces } of removed) {
      states.removeDevice(device.id);
      joiner.remove(device, interfaces);
    }
    configuration.touch(ids);
    const gone = removed.flatMap((one) => one.monitors);
    await monitors.forget(tenant, gone, ids.map(healthSeriesOf));
    this.#options.removed(tenant, ids);
  }

  /** Which interfaces are polled: true, false, or null for the template's default. @throws Refusal */
  chooseInterfaces(tenant: TenantId, id: number, choices: readonly { ifname: string; polled: boolean | null }[]): void {
    const { repositories, configuration } = this.#options;
    this.get(tenant, id);
    repositories.transaction(() => {
      const unknown = choices.flatMap(({ ifname, polled }, index) =>
        repositories.interfaces.choose(tenant, id, ifname, polled) ? [] : [{ index, ifname }],
      );
      if (unknown.length === 0) return;
      const names = unknown.map((entry) => entry.ifname).join(', ');
      const errors = unknown.map(({ index }) => ({
        path: `interfaces.${index}.ifname`,
        message: 'is not an interface of it',
      }));
      throw new Refusal('invalid', `The device has no interface ${names}`, errors);
    });
    configuration.touch([id]);
  }

  /** An SNMP profile brings an SNMP monitor; another profile moves to the monitors that used the old one. */
  #followCredential(tenant: TenantId, deviceId: number, before: number | null, after: number | null): void {
    if (before === after) return;
    const { repositories } = this.#options;
    const rows = repositories.monitors.ofDevice(deviceId);
    const using = before === null ? [] : rows.filter((row) => row.credential_profile_id === before);
    const type = after === null ? undefined : repositories.credentialProfiles.typeOf(tenant, after);
    const isSnmp = type?.startsWith('snmp_') ?? false;
    for (const row of using) {
      if (row.plugin_id === 'snmp' && !isSnmp) {
        // Without its credential it could only fail; its history stays.
        repositories.monitors.update(tenant, row.id, { enabled: false }, this.#now());
      } else {
        repositories.monitors.update(tenant, row.id, { credential_profile_id: after }, this.#now());
      }
    }
    if (isSnmp && !rows.some((row) => row.plugin_id === 'snmp')) this.#addMonitor(tenant, deviceId, 'snmp', after);
  }

  #addMonitor(tenant: TenantId, device_id: number, plugin_id: string, credential_profile_id: number | null): void {
    const polling_interval = this.#options.defaults(tenant).polling_interval_s;
    const values = { device_id, plugin_id, credential_profile_id, polling_interval, enabled: true, settings: {} };
    this.#options.monitors.insert(tenant, values);
  }

  #check(tenant: TenantId, wish: DeviceWish, before?: DeviceRecord): Checked {
    const { repositories, templateExists, defaults } = this.#options;
    const problems: FieldProblem[] = [];
    const wrong = (path: string, message: string) => problems.push({ path, message });

    const address = parseAddress(wish.address);
    if (typeof address === 'string') wrong('address', address);
    const siteName = wish.site ?? DEFAULT_SITE;
    const site = repositories.sites.byName(tenant, siteName);
    if (!site) wrong('site', `is not known: there is no site ${siteName}`);
    const template = wish.template ?? null;
    if (template !== null && !templateExists(tenant, template))
      wrong('template', `is not known: there is no template ${template}`);
    const credentialId = wish.credential_profile_id ?? null;
    if (credentialId !== null && !repositories.credentialProfiles.typeOf(tenant, credentialId)) {
      wrong('credential_profile_id', `is not known: there is no credential profile ${credentialId}`);
    }
    if (wish.component_id != null) wrong('component_id', `is not known: there is no component ${wish.component_id}`);
    const parentId = wish.parent_id ?? null;
    const parentProblem = parentId === null ? undefined : this.#parentProblem(tenant, parentId, before?.id);
    if (parentProblem) wrong('parent_id', parentProblem);
    for (const label of Object.keys(wish.labels ?? {})) {
      if (RESERVED_LABELS.has(label)) wrong(`labels.${label}`, 'is a name that the product uses itself');
    }
    const [first] = problems;
    if (first || typeof address === 'string' || !site) {
      throw new Refusal('invalid', problems.map(({ path, message }) => `${path} ${message}`).join('; '), problems);
    }
    return {
      site_id: site.id,
      ...nameOf(wish, address, before),
      address: address.text,
      address_key: address.key,
      contact: wish.contact ?? '',
      template,
      credential_profile_id: credentialId,
      component_id: null,
      parent_id: parentId,
      labels: wish.labels ?? {},
      offline_after_s: wish.offline_after_s ?? before?.offline_after_s ?? defaults(tenant).offline_after_s,
      ot: wish.ot ?? false,
    };
  }

  /** A parent must exist, and nobody may stand behind itself. */
  #parentProblem(tenant: TenantId, parentId: number, deviceId: number | undefined): string | undefined {
    const seen = new Set<number>();
    for (let id: number | null = parentId; id !== null && !seen.has(id); ) {
      if (id === deviceId) return 'must not be the device itself or one behind it';
      seen.add(id);
      const parent = this.#options.repositories.devices.get(tenant, id);
      if (!parent) return `is not known: there is no device ${id}`;
      id = parent.parent_id;
    }
    return undefined;
  }

  #unique<T>(checked: Checked, write: () => T): T {
    try {
      return write();
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const message = `is in use by another device of the site: ${checked.address}`;
      throw new Refusal('conflict', `address ${message}`, [{ path: 'address', message }]);
    }
  }

  #now(): Date {
    return new Date(this.#options.clock.nowMs());
  }
}

/** What the watch over health has stored of a device. */
const healthSeriesOf = (id: number): string => `{__name__=~"device_(health|offline|silent_seconds)",device_id="${id}"}`;

/** A person's name for it, else what it calls itself, else its address. */
function nameOf(wish: DeviceWish, address: Address, before?: DeviceRecord): Pick<NewDevice, 'name' | 'name_given'> {
  if (wish.name !== undefined) return { name: wish.name, name_given: true };
  return { name: before?.facts.name || address.text, name_given: false };
}
