/**
 * Keeps the store told which descriptive labels belong to which stored tags: a device's name, site, address, template
 * and user labels by `device_id`, an interface's current name and alias by `device_id` and `ifname`. History is joined
 * when it is read, so renaming breaks nothing.
 */
import type { DeviceRecord } from '../db/devices.ts';
import type { InterfaceRecord } from '../db/interfaces.ts';
import type { Repositories } from '../db/repositories.ts';
import type { Logger } from '../lib/logger.ts';
import type { JoinedLabels, Store } from '../store/store.ts';

/** Joined to every series of a device; user labels may not have these names. */
export const DEVICE_LABELS = ['device', 'site', 'address', 'template'] as const;
/** Joined to every series of an interface. */
export const INTERFACE_LABELS = ['interface_name', 'interface_alias'] as const;
/** Tags and names that a user label must not hide. */
export const RESERVED_LABELS: ReadonlySet<string> = new Set([
  ...DEVICE_LABELS,
  ...INTERFACE_LABELS,
  'device_id',
  'monitor_id',
  'ifname',
  'le',
  'quantile',
]);

type NamedInterface = Pick<InterfaceRecord, 'tenant_id' | 'device_id' | 'ifname' | 'name' | 'alias'>;

export interface JoinedLabelsOptions {
  readonly store: Pick<Store, 'joinLabels'>;
  readonly repositories: Pick<Repositories, 'devices' | 'interfaces'>;
  readonly logger: Logger;
}

export class LabelJoiner {
  readonly #options: JoinedLabelsOptions;

  constructor(options: JoinedLabelsOptions) {
    this.#options = options;
  }

  /** Everything, after a start. */
  async pushAll(): Promise<void> {
    const { devices, interfaces } = this.#options.repositories;
    await this.#options.store.joinLabels([...devices.all().map(ofDevice), ...interfaces.named().map(ofInterface)]);
  }

  device(device: DeviceRecord): void {
    this.#push([ofDevice(device)]);
  }

  /** A site got another name. */
  site(siteId: number): void {
    const there = this.#options.repositories.devices.all().filter((device) => device.site_id === siteId);
    this.#push(there.map(ofDevice));
  }

  interfaces(interfaces: readonly NamedInterface[]): void {
    this.#push(interfaces.map(ofInterface));
  }

  /** A device that is deleted takes the labels of its interfaces along. */
  remove(device: DeviceRecord, interfaces: readonly NamedInterface[]): void {
    this.#push([ofDevice(device), ...interfaces.map(ofInterface)].map((entry) => ({ ...entry, labels: {} })));
  }

  #push(labels: readonly JoinedLabels[]): void {
    if (labels.length === 0) return;
    this.#options.store.joinLabels(labels).catch((error: unknown) => {
      this.#options.logger.error({ err: error }, 'The store did not take the labels of devices.');
    });
  }
}

function ofDevice(device: DeviceRecord): JoinedLabels {
  return {
    tenant: device.tenant_id,
    match: { device_id: String(device.id) },
    labels: {
      ...device.labels,
      device: device.name,
      site: device.site,
      address: device.address,
      template: device.template ?? device.recognised_template ?? '',
    },
  };
}

function ofInterface(entry: NamedInterface): JoinedLabels {
  return {
    tenant: entry.tenant_id,
    match: { device_id: String(entry.device_id), ifname: entry.ifname },
    labels: { interface_name: entry.name, interface_alias: entry.alias },
  };
}
