/**
 * The collector: takes the configuration, polls what it says when it is due, hands rows to a sink and observations to
 * whoever listens. The same in the server's collect thread and at a remote site. Owns the sockets of all probes.
 */

import type { Pinger } from '../icmp/echo.ts';
import { openPinger } from '../icmp/pinger.ts';
import { Bag, type BagItem } from '../lib/bag.ts';
import { Cancellation } from '../lib/cancellation.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { atTickAfter } from '../lib/tick.ts';
import {
  type CollectorConfig,
  type CollectorConfigDelta,
  type DeviceSection,
  type PluginSection,
  type SealedCredential,
  tenantKey,
} from '../model/collector-config.ts';
import { rulingOf } from '../model/interface-rule.ts';
import type { ObservedInterface } from '../model/observation.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Probe, ProbeResult, ProbeTools } from '../probes/probe.ts';
import { EngineRegistry } from '../snmp/engine-registry.ts';
import { UdpPort } from '../snmp/udp.ts';
import { type OpenSecret, openCredential } from './credentials.ts';
import { Device } from './device.ts';
import { RowKeys } from './line-writer.ts';
import { brokenRun, type Monitor, observationsOf, type PollReport, startRun } from './monitor.ts';
import { type Emit, Outbox } from './outbox.ts';
import { PollGate } from './poll-gate.ts';
import { NameResolver } from './resolver.ts';
import { RowBatcher } from './row-batcher.ts';
import type { RowsSink } from './rows-sink.ts';
import { Schedule } from './schedule.ts';
import { type CollectorStatus, PollCounters } from './status.ts';
import { TenantPlans } from './tenant-plans.ts';

export interface RuntimeOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly sink: RowsSink;
  readonly emit: Emit;
  readonly open: OpenSecret;
  readonly probes: ReadonlyMap<string, Probe>;
  /** Makes the probe of a plugin that people added; absent: none are run here. */
  readonly addedProbe?: (plugin: PluginSection) => Probe;
  /** The interface table of a device as it was stored last. */
  readonly knownInterfaces: (deviceId: string) => Promise<readonly ObservedInterface[]>;
}

/** A poll that takes longer is cancelled, so that a probe that hangs does not keep its device for ever. */
const MIN_POLL_LIMIT_MS = 120_000;
const SWEEP_MS = 5000;
/** A poll that begins later than this after its time counts as late. */
const LATE_MS = 1000;

interface RunningPoll extends BagItem {
  readonly stop: Cancellation;
  /** When it has taken too long, monotonic. */
  readonly limitMs: number;
}

export class CollectorRuntime {
  readonly #options: RuntimeOptions;
  readonly #udp: UdpPort;
  readonly #pinger: Pinger;
  readonly #batcher: RowBatcher;
  readonly #outbox: Outbox;
  readonly #schedule: Schedule;
  readonly #gate: PollGate;
  readonly #counters = new PollCounters();
  readonly #devices = new Map<string, Device>();
  /** Which device a monitor belongs to. */
  readonly #deviceOf = new Map<string, string>();
  readonly #toldFields = new Set<unknown>();
  /** Polls under way. */
  readonly #running = new Bag<RunningPoll>();
  #cancelSweep: (() => void) | undefined;
  #isClosed = false;
  readonly #plans: TenantPlans;
  #credentials: Readonly<Record<string, SealedCredential>> = {};
  #plugins: Readonly<Record<string, PluginSection>> = {};
  /** One for all monitors of a plugin. */
  readonly #addedProbes = new WeakMap<PluginSection, Probe>();
  readonly #sharedTools: Omit<ProbeTools, 'plans'>;
  #revision: string | undefined;
  /** Configurations are applied one after another. */
  #applying: Promise<unknown> = Promise.resolve();

  private constructor(options: RuntimeOptions, pinger: Pinger, plans: TenantPlans) {
    const { clock, log } = options;
    this.#options = options;
    this.#pinger = pinger;
    this.#udp = new UdpPort(log);
    this.#batcher = new RowBatcher(options.sink, clock, log);
    this.#outbox = new Outbox(options.emit, clock, () => this.#batcher.flush());
    this.#schedule = new Schedule(clock);
    this.#gate = new PollGate(clock);
    const names = new NameResolver(clock);
    this.#plans = plans;
    this.#sharedTools = {
      clock,
      log,
      udp: this.#udp,
      engines: new EngineRegistry(),
      pinger,
      resolve: (address) => names.resolve(address),
    };
  }

  static async start(options: RuntimeOptions): Promise<CollectorRuntime> {
    const { clock, log } = options;
    const pinger = await openPinger({ clock, log });
    return new CollectorRuntime(options, pinger, await TenantPlans.load(log));
  }

  /** What probes of a tenant work with as things are now: only the templates are its own. */
  toolsOf(tenant: TenantId): ProbeTools {
    return { ...this.#sharedTools, plans: this.#plans.of(tenant) };
  }

  /** Whether an address answers an echo within so long. */
  async isAnswering(address: string, timeoutMs: number): Promise<boolean> {
    return (await this.#pinger.ping(address, timeoutMs)).kind === 'reply';
  }

  /**
   * Applies a whole document, or what changed.
   * @returns false when a delta does not follow from what is applied: send the whole document
   */
  configure(config: CollectorConfig | CollectorConfigDelta): Promise<boolean> {
    const applied = this.#applying.then(() => this.#apply(config));
    this.#applying = applied.catch(() => {});
    return applied;
  }

  /**
   * Polls a monitor now, before what its device has waiting; undefined when it is not configured. A configuration that
   * is being applied comes first: it may bring the monitor.
   */
  async pollNow(monitorId: string): Promise<PollReport | undefined> {
    await this.#applying;
    const device = this.#devices.get(this.#deviceOf.get(monitorId) ?? '');
    const monitor = device?.monitors.get(monitorId);
    if (!device || !monitor) return undefined;
    return new Promise((resolve) => {
      const run = async () => resolve(await this.#poll(device, monitor));
      device.queue.add({ id: `now:${monitorId}`, run }, true);
    });
  }

  status(): CollectorStatus {
    return {
      revision: this.#revision,
      devices: this.#devices.size,
      monitors: this.#deviceOf.size,
      ping: { way: this.#pinger.way, sentence: this.#pinger.sentence },
      polls: this.#counters.snapshot(this.#running.size),
      rows: { ...this.#batcher.counters },
      udp: { ...this.#udp.counters },
    };
  }

  /** Stops polling, sends what was polled, closes the sockets. */
  async close(): Promise<void> {
    this.#schedule.close();
    this.#gate.close();
    this.#isClosed = true;
    this.#cancelSweep?.();
    for (const { stop } of this.#running) stop.abort(new Error('the collector closes'));
    for (const device of this.#devices.values()) device.close();
    this.#outbox.flush();
    await this.#batcher.close();
    this.#udp.close();
    this.#pinger.close();
  }

  async #apply(config: CollectorConfig | CollectorConfigDelta): Promise<boolean> {
    const isDelta = 'from_revision' in config;
    if (isDelta && config.from_revision !== this.#revision) return false;
    const withNewTemplates = this.#plans.replace(config.templates);
    this.#credentials = isDelta ? withoutNulls({ ...this.#credentials, ...config.credentials }) : config.credentials;
    this.#plugins = isDelta ? withoutNulls({ ...this.#plugins, ...config.plugins }) : config.plugins;
    const wanted = isDelta ? this.#merged(config) : config.devices;
    const kept = new Set(wanted.map(({ device_id }) => device_id));
    for (const id of [...this.#devices.keys()]) if (!kept.has(id)) this.#remove(id);
    const started: Device[] = [];
    for (const section of wanted) {
      const before = this.#devices.get(section.device_id);
      const inputs = this.#inputsOf(section);
      const isSame = before?.section.hash === section.hash && before.inputs === inputs;
      if (isSame && !withNewTemplates.has(section.tenant_id)) continue;
      started.push(await this.#start(section, inputs, before));
    }
    this.#schedule.add(
      started.flatMap((device) => [...device.monitors.values()].map((monitor) => this.#entry(device, monitor))),
    );
    this.#revision = config.revision;
    this.#outbox.flush();
    return true;
  }

  #merged(delta: CollectorConfigDelta): DeviceSection[] {
    const sections = new Map([...this.#devices].map(([id, device]) => [id, device.section]));
    for (const section of delta.changed) sections.set(section.device_id, section);
    for (const id of delta.removed) sections.delete(id);
    return [...sections.values()];
  }

  #inputsOf({ tenant_id, monitors }: DeviceSection): string {
    return JSON.stringify(
      monitors.map(({ credential_id, plugin_id }) => [
        this.#credentials[credential_id ?? ''] ?? null,
        this.#plugins[tenantKey(tenant_id, plugin_id)] ?? null,
      ]),
    );
  }

  /** A plugin of this name that is built in comes first: it cannot be replaced. */
  #probeOf(tenant: TenantId, pluginId: string): Probe | undefined {
    const plugin = this.#plugins[tenantKey(tenant, pluginId)];
    const { probes, addedProbe } = this.#options;
    if (probes.has(pluginId) || !plugin || !addedProbe) return probes.get(pluginId);
    const probe = this.#addedProbes.get(plugin) ?? addedProbe(plugin);
    this.#addedProbes.set(plugin, probe);
    return probe;
  }

  async #start(section: DeviceSection, inputs: string, before: Device | undefined): Promise<Device> {
    const { clock } = this.#options;
    const device = new Device(section, inputs, () => clock.monotonicMs(), before);
    const knownInterfaces = section.monitors.some(({ plugin_id }) => plugin_id === 'snmp' || plugin_id === 'host')
      ? await this.#options.knownInterfaces(section.device_id)
      : [];
    for (const monitor of section.monitors) {
      device.monitors.set(monitor.monitor_id, {
        section: monitor,
        deviceId: section.device_id,
        keys: new RowKeys(section.device_id, monitor.monitor_id),
        run: this.#run(device, monitor, knownInterfaces),
      });
      this.#deviceOf.set(monitor.monitor_id, section.device_id);
    }
    for (const id of before?.monitors.keys() ?? [])
      if (!device.monitors.has(id)) this.#endMonitor(section.device_id, id);
    before?.close();
    this.#devices.set(section.device_id, device);
    return device;
  }

  #run(device: Device, monitor: DeviceSection['monitors'][number], knownInterfaces: readonly ObservedInterface[]) {
    const { section, budget } = device;
    const sealed = this.#credentials[monitor.credential_id ?? ''];
    if (monitor.credential_id !== undefined && !sealed) {
      return brokenRun('bad_credential', 'The credential profile of this monitor is missing: choose another one.');
    }
    const credential = sealed && openCredential(sealed, section.tenant_id, this.#options.open);
    if (credential && 'code' in credential) return brokenRun(credential.code, credential.message);
    const probe = this.#probeOf(section.tenant_id, monitor.plugin_id);
    if (probe) this.#tellFields(device, monitor.monitor_id, probe.fields);
    const target = {
      deviceId: section.device_id,
      monitorId: monitor.monitor_id,
      address: section.address,
      interfaces: section.interfaces,
      ...(section.interface_rules ? { interfaceRuling: rulingOf(section.interface_rules) } : {}),
      knownInterfaces,
      budget,
      ...(credential ? { credential } : {}),
      ...(section.template === undefined ? {} : { template: section.template }),
    };
    return startRun(monitor, probe, target, this.toolsOf(section.tenant_id));
  }

  #remove(deviceId: string): void {
    const device = this.#devices.get(deviceId);
    if (!device) return;
    for (const id of device.monitors.keys()) this.#endMonitor(deviceId, id);
    device.close();
    this.#devices.delete(deviceId);
  }

  #endMonitor(deviceId: string, monitorId: string): void {
    this.#schedule.remove(monitorId);
    this.#deviceOf.delete(monitorId);
    const atMs = this.#options.clock.nowMs();
    this.#outbox.add([{ kind: 'series_end', device_id: deviceId, monitor_id: monitorId, at_ms: atMs }]);
  }

  #entry(device: Device, monitor: Monitor) {
    const { monitor_id: id, interval_s } = monitor.section;
    const run = (dueMs: number) => {
      if (device.queue.has(id)) {
        this.#counters.skipped++;
        return;
      }
      device.queue.add({ id, run: () => this.#scheduled(device, id, dueMs) });
    };
    return { id, intervalMs: interval_s * 1000, run };
  }

  async #scheduled(device: Device, id: string, dueMs: number): Promise<void> {
    const monitor = device.monitors.get(id);
    if (!monitor) return;
    // Each wait costs, even for nothing: there are hundreds of polls a second, and mostly nothing to wait for.
    if (!this.#batcher.isReady) await this.#batcher.ready();
    const admission = this.#gate.enter();
    const ticket = admission instanceof Promise ? await admission : admission;
    if (this.#options.clock.monotonicMs() - dueMs > LATE_MS) this.#counters.late++;
    await this.#poll(device, monitor);
    this.#gate.leave(ticket);
  }

  async #poll(device: Device, monitor: Monitor): Promise<PollReport> {
    const { clock } = this.#options;
    const atMs = clock.nowMs();
    const startMs = clock.monotonicMs();
    const stop = new Cancellation();
    const limitMs = Math.max(MIN_POLL_LIMIT_MS, 2000 * monitor.section.interval_s);
    const running = { stop, limitMs: startMs + limitMs, place: 0 };
    this.#running.add(running);
    this.#cancelSweep ??= atTickAfter(clock, SWEEP_MS, () => this.#sweep());
    let result: ProbeResult;
    try {
      result = await monitor.run.poll(stop);
      if (stop.aborted && result.error) {
        const message = `The poll was cancelled after ${Math.round(limitMs / 1000)} s.`;
        result = { ...result, error: { code: 'too_slow', message } };
      }
    } catch (error) {
      result = this.#crashed(monitor, error);
    }
    this.#running.remove(running);
    const durationMs = Math.round((clock.monotonicMs() - startMs) * 1000) / 1000;
    this.#counters.finished(durationMs, result.error !== undefined);
    const { monitor_id: id } = monitor.section;
    // A monitor that was removed or changed while it was polled has nothing more to say.
    if (device.monitors.get(id) === monitor && !this.#isClosed) {
      this.#batcher.write(device.section.tenant_id, monitor.keys, result.rows, atMs);
      if (result.fields) this.#tellFields(device, id, result.fields);
      this.#outbox.add(observationsOf(monitor, result, atMs, durationMs));
    }
    const error = result.error ? { error: { code: result.error.code, message: result.error.message } } : {};
    return { monitor_id: id, at_ms: atMs, duration_ms: durationMs, rows: result.rows, ...error };
  }

  #crashed(monitor: Monitor, error: unknown): ProbeResult {
    this.#counters.crashes++;
    const { monitor_id } = monitor.section;
    this.#options.log.error({ err: error, monitor_id }, 'a probe failed in an unforeseen way');
    const message = 'The probe failed in an unforeseen way: see the log.';
    return { rows: [], error: { code: 'internal_error', message } };
  }

  /** One timer for the limits of all polls. */
  #sweep(): void {
    this.#cancelSweep = undefined;
    const nowMs = this.#options.clock.monotonicMs();
    for (const { stop, limitMs } of this.#running)
      if (limitMs <= nowMs) stop.abort(new Error('the poll took too long'));
    if (this.#running.size > 0) this.#cancelSweep = atTickAfter(this.#options.clock, SWEEP_MS, () => this.#sweep());
  }

  #tellFields(device: Device, monitorId: string, fields: Probe['fields']): void {
    if (fields.length === 0 || this.#toldFields.has(fields)) return;
    this.#toldFields.add(fields);
    const atMs = this.#options.clock.nowMs();
    this.#outbox.add([
      { kind: 'fields', device_id: device.section.device_id, monitor_id: monitorId, at_ms: atMs, fields },
    ]);
  }
}

function withoutNulls<T>(entries: Readonly<Record<string, T | null>>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).filter((entry): entry is [string, T] => entry[1] !== null));
}
