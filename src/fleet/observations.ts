/**
 * Takes in what collectors learn beside samples: polls, facts, interface tables, events, ends of series. A batch is one
 * transaction; what speaks of a device or monitor that is gone by now is passed over.
 */
import type { DeviceRecord } from '../db/devices.ts';
import type { InterfaceRecord } from '../db/interfaces.ts';
import type { Repositories } from '../db/repositories.ts';
import type { Logger } from '../lib/logger.ts';
import type { Live } from '../model/live.ts';
import type {
  AddedFactsObservation,
  DeviceFacts,
  EventObservation,
  FactsObservation,
  FieldsObservation,
  InterfacesObservation,
  Observation,
  ObservedInterface,
  PollObservation,
  SeriesEndObservation,
} from '../model/observation.ts';
import type { Store } from '../store/store.ts';
import type { Events } from './events.ts';
import type { LabelJoiner } from './joined-labels.ts';
import type { MonitorStates } from './monitor-states.ts';

export interface ObservationsOptions {
  readonly repositories: Pick<Repositories, 'devices' | 'interfaces' | 'transaction'>;
  readonly states: MonitorStates;
  readonly events: Events;
  readonly joiner: LabelJoiner;
  readonly store: Pick<Store, 'endSeries' | 'declareFields'>;
  readonly live: Live;
  readonly logger: Logger;
}

/** Facts whose change is worth an event, and its kind. */
const TELLING_FACTS = [
  ['version', 'version_changed'],
  ['serial', 'serial_changed'],
  ['model', 'model_changed'],
  ['location', 'location_changed'],
  ['contact', 'contact_changed'],
] as const;

/** An interface's `last_seen_at` alone is written this seldom. */
const SEEN_RESOLUTION_MS = 10 * 60_000;

export class Observations {
  readonly #options: ObservationsOptions;

  constructor(options: ObservationsOptions) {
    this.#options = options;
  }

  apply(observations: readonly Observation[]): void {
    const heavy = observations.filter((observation) => !this.#applyLight(observation));
    if (heavy.length === 0) return;
    this.#options.repositories.transaction(() => {
      for (const observation of heavy) this.#applyHeavy(observation);
    });
  }

  /** What needs no SQLite. Returns whether it was that. */
  #applyLight(observation: Observation): boolean {
    if (observation.kind === 'poll') {
      this.#poll(observation);
      return true;
    }
    if (observation.kind === 'series_end') {
      this.#seriesEnd(observation);
      return true;
    }
    if (observation.kind === 'fields') {
      this.#fields(observation);
      return true;
    }
    return false;
  }

  #applyHeavy(observation: Observation): void {
    const device = this.#options.repositories.devices.find(Number(observation.device_id));
    if (!device) return;
    if (observation.kind === 'facts') this.#facts(device, observation);
    else if (observation.kind === 'added_facts') this.#addedFacts(device, observation);
    else if (observation.kind === 'interfaces') this.#interfaces(device, observation);
    else if (observation.kind === 'event') this.#event(device, observation);
  }

  #poll(poll: PollObservation): void {
    const { states, live } = this.#options;
    const tenant = states.apply(poll);
    if (tenant === undefined || !live.wanted(tenant, 'monitor_result')) return;
    live.publish(tenant, 'monitor_result', {
      monitor_id: Number(poll.monitor_id),
      device_id: Number(poll.device_id),
      at: new Date(poll.at_ms),
      duration_ms: poll.duration_ms,
      error: poll.error ?? null,
    });
  }

  #seriesEnd(end: SeriesEndObservation): void {
    const { states, store, logger } = this.#options;
    const tenant = states.tenantOf(Number(end.monitor_id));
    if (tenant === undefined) return;
    const selectors = selectorsOf(end);
    store.endSeries(tenant, selectors, end.at_ms).catch((error: unknown) => {
      logger.error({ err: error, selectors }, 'Series could not be ended.');
    });
  }

  #fields({ fields, monitor_id }: FieldsObservation): void {
    const { states, store, logger } = this.#options;
    if (states.tenantOf(Number(monitor_id)) === undefined) return;
    store.declareFields(fields).catch((error: unknown) => {
      logger.error({ err: error, monitor_id }, 'Fields could not be declared.');
    });
  }

  #facts(device: DeviceRecord, observation: FactsObservation): void {
    const { repositories, events, joiner } = this.#options;
    const { facts, at_ms: atMs } = observation;
    const name = device.name_given ? device.name : facts.name || device.name;
    repositories.devices.update(device.tenant_id, device.id, {
      recognised_template: observation.template,
      confidence: observation.confidence,
      reasons: observation.reasons,
      facts,
      facts_at: new Date(atMs),
      name,
    });
    const renamed = { ...device, name };
    if (device.recognised_template !== observation.template) {
      const after = { template: observation.template, confidence: observation.confidence };
      events.record(renamed, 'device_recognised', { before: device.recognised_template, after, atMs });
    }
    if (name !== device.name) events.record(renamed, 'renamed', { before: device.name, after: name, atMs });
    this.#factEvents(renamed, facts, atMs);
    if (name !== device.name || device.recognised_template !== observation.template) {
      joiner.device({ ...renamed, recognised_template: observation.template });
    }
  }

  /** Of a device that is recognised, what recognition found stands: two sources would otherwise contradict each other for ever. */
  #addedFacts(device: DeviceRecord, { facts: added, at_ms: atMs }: AddedFactsObservation): void {
    const { repositories, events, joiner } = this.#options;
    const facts = device.recognised_template === null ? { ...device.facts, ...added } : { ...added, ...device.facts };
    const keys = Object.keys(added) as (keyof typeof added)[];
    if (keys.every((key) => facts[key] === device.facts[key])) return;
    const name = device.name_given ? device.name : facts.name || device.name;
    repositories.devices.update(device.tenant_id, device.id, { facts, facts_at: new Date(atMs), name });
    const renamed = { ...device, name };
    if (name !== device.name) {
      events.record(renamed, 'renamed', { before: device.name, after: name, atMs });
      joiner.device(renamed);
    }
    this.#factEvents(renamed, facts, atMs);
  }

  /** `device` holds the facts from before. */
  #factEvents(device: DeviceRecord, facts: DeviceFacts, atMs: number): void {
    for (const [fact, kind] of TELLING_FACTS) {
      const before = device.facts[fact];
      const after = facts[fact];
      if (before && after && before !== after) this.#options.events.record(device, kind, { before, after, atMs });
    }
  }

  #interfaces(device: DeviceRecord, observation: InterfacesObservation): void {
    const { repositories, events, joiner } = this.#options;
    const atMs = observation.at_ms;
    const known = new Map(repositories.interfaces.ofDevice(device.id).map((row) => [row.ifname, row]));
    const isFirstTable = known.size === 0;
    const relabelled: InterfaceRecord[] = [];
    for (const found of observation.interfaces) {
      const before = known.get(found.ifname);
      known.delete(found.ifname);
      const row = rowOf(device, found, before, new Date(atMs));
      if (before && !differs(before, row) && atMs - before.last_seen_at.getTime() < SEEN_RESOLUTION_MS) continue;
      repositories.interfaces.upsert(row);
      if (!before || before.name !== row.name || before.alias !== row.alias) relabelled.push(row);
      if (!isFirstTable) this.#interfaceEvents(device, before, row, atMs);
    }
    for (const missing of known.values()) {
      if (missing.gone) continue;
      repositories.interfaces.markGone(device.id, missing.ifname);
      events.record(device, 'interface_removed', { before: { ifname: missing.ifname, alias: missing.alias }, atMs });
    }
    joiner.interfaces(relabelled);
  }

  #interfaceEvents(
    device: DeviceRecord,
    before: InterfaceRecord | undefined,
    row: InterfaceRecord,
    atMs: number,
  ): void {
    const { events } = this.#options;
    const { ifname } = row;
    if (!before || before.gone) {
      events.record(device, 'interface_added', { after: { ifname, alias: row.alias }, atMs });
      return;
    }
    const changed = (key: 'if_index' | 'alias' | 'oper_status' | 'speed_bits_per_second', kind: string) => {
      if (before[key] === row[key]) return;
      events.record(device, kind, { before: { ifname, [key]: before[key] }, after: { ifname, [key]: row[key] }, atMs });
    };
    changed('if_index', 'interface_renumbered');
    changed('alias', 'interface_alias_changed');
    if (!row.polled) return;
    changed('oper_status', 'interface_status_changed');
    changed('speed_bits_per_second', 'interface_speed_changed');
  }

  #event(device: DeviceRecord, observation: EventObservation): void {
    const { before, after, at_ms: atMs } = observation;
    this.#options.events.record(device, observation.event, { before, after, atMs });
  }
}

function rowOf(
  device: DeviceRecord,
  found: ObservedInterface,
  before: InterfaceRecord | undefined,
  at: Date,
): InterfaceRecord {
  return {
    ...found,
    device_id: device.id,
    tenant_id: device.tenant_id,
    chosen: before?.chosen ?? null,
    gone: false,
    first_seen_at: before?.first_seen_at ?? at,
    last_seen_at: at,
  };
}

const COMPARED = [
  'if_index',
  'name',
  'descr',
  'alias',
  'type',
  'mac',
  'speed_bits_per_second',
  'admin_status',
  'oper_status',
  'polled',
  'gone',
] as const satisfies readonly (keyof InterfaceRecord)[];

const differs = (a: InterfaceRecord, b: InterfaceRecord): boolean => COMPARED.some((key) => a[key] !== b[key]);

/** PromQL selectors of the row groups that end; without `rows`, of everything that the monitor stores. */
function selectorsOf({ device_id, monitor_id, rows }: SeriesEndObservation): string[] {
  const own = { device_id: String(Number(device_id)), monitor_id: String(Number(monitor_id)) };
  const selector = (matchers: readonly string[]) => `{${matchers.join(',')}}`;
  const equal = (tags: Readonly<Record<string, string>>) =>
    Object.entries(tags).map(
      ([name, value]) => `${isPlain(name) ? name : JSON.stringify(name)}=${JSON.stringify(value)}`,
    );
  const isPlain = (name: string) => /^[a-zA-Z_]\w*$/.test(name);
  if (!rows) return [selector(equal(own))];
  // A measurement's fields share its name as a prefix; two measurements with one prefix are told apart by their tags.
  return rows.map(({ measurement, tags }) =>
    selector([
      `__name__=~${JSON.stringify(`${measurement.replaceAll(/\W/g, '\\$&')}(_.*)?`)}`,
      ...equal({ ...tags, ...own }),
    ]),
  );
}
