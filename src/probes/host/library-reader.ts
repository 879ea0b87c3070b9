/** Machines other than Linux, read through systeminformation, which is loaded when it is first needed. */
import os from 'node:os';
import type si from 'systeminformation';
import type { DeviceFacts, ObservedInterface } from '../../model/observation.ts';
import type { PolledRow } from '../../templates/poll-plan.ts';
import {
  type HostChoice,
  type HostReader,
  type HostReading,
  isPolledByDefault,
  processNames,
  processRows,
  tenth,
} from './reading.ts';

type Library = typeof si;

export class LibraryReader implements HostReader {
  readonly #choice: HostChoice;
  #reported: ReadonlySet<string> = new Set();
  #library: Library | undefined;

  constructor(choice: HostChoice) {
    this.#choice = choice;
  }

  async read(): Promise<HostReading> {
    const library = await this.#load();
    const [load, memory, disks, io, network, interfaces, processes, users] = await Promise.all([
      library.currentLoad(),
      library.mem(),
      library.fsSize(),
      library.disksIO(),
      library.networkStats('*'),
      library.networkInterfaces(),
      library.processes(),
      library.users(),
    ]);
    const found = [interfaces].flat().map((one, i) => this.#describe(one, i));
    const polled = new Set(found.filter((one) => one.polled).map((one) => one.ifname));
    const uses = processes.list.map(({ name, cpu, memRss }) => ({ name, cpuPercent: cpu, memoryBytes: memRss * 1024 }));
    const top = processRows(uses, this.#choice.processes, this.#reported);
    this.#reported = processNames(top);
    const rows = [
      ...this.#cpuRows(load),
      row('memory', { pool: 'Physical memory' }, { used_bytes: memory.active, total_bytes: memory.total }),
      ...disks
        .filter(({ size }) => size > 0)
        .map(({ mount, used, size }) => row('storage', { mount }, { used_bytes: used, total_bytes: size })),
      // The library sums all disks up; null where the system does not tell.
      ...(io ? [row('disk', { disk: 'all' }, { busy_percent: tenth(io.tWaitPercent ?? Number.NaN) })] : []),
      ...network.filter(({ iface }) => polled.has(iface)).map(networkRow),
      ...top,
      row('host', {}, { boot_time_seconds: bootTime(), users: users.length, processes: processes.all }),
    ];
    if (memory.swaptotal > 0) {
      rows.push(row('memory', { pool: 'Swap space' }, { used_bytes: memory.swapused, total_bytes: memory.swaptotal }));
    }
    return { rows, interfaces: found };
  }

  async facts(): Promise<DeviceFacts> {
    const library = await this.#load();
    const [system, system2] = await Promise.all([library.system(), library.osInfo()]);
    const facts = {
      vendor: system.manufacturer,
      model: system.model,
      serial: system.serial,
      os: system2.distro,
      version: system2.release,
      name: os.hostname(),
    };
    return Object.fromEntries(Object.entries(facts).filter(([, value]) => value && value !== '-')) as DeviceFacts;
  }

  async #load(): Promise<Library> {
    this.#library ??= (await import('systeminformation')).default;
    return this.#library;
  }

  #cpuRows(load: si.Systeminformation.CurrentLoadData): PolledRow[] {
    const [load1 = 0, load5 = 0, load15 = 0] = os.loadavg();
    // Windows has no load average.
    const loads = process.platform === 'win32' ? {} : { load1, load5, load15 };
    const rows = [row('cpu', { core: 'total' }, { percent: tenth(load.currentLoad), ...loads })];
    if (this.#choice.perCore) {
      load.cpus.forEach((core, i) => {
        rows.push(row('cpu', { core: String(i) }, { percent: tenth(core.load) }));
      });
    }
    return rows;
  }

  #describe(one: si.Systeminformation.NetworkInterfacesData, position: number): ObservedInterface {
    const status = one.operstate === 'up' ? 1 : one.operstate === 'down' ? 2 : 4;
    const { interfaces, interfaceRuling } = this.#choice;
    const described = {
      ifname: one.iface,
      if_index: position + 1,
      name: one.iface,
      descr: one.ifaceName,
      alias: '',
      type: one.internal ? 24 : one.type === 'wireless' ? 71 : 6,
      mac: one.mac,
      speed_bits_per_second: one.speed && one.speed > 0 ? one.speed * 1e6 : 0,
      admin_status: 1,
      oper_status: status,
    };
    const byDefault = !one.internal && isPolledByDefault(one.iface);
    return { ...described, polled: interfaces[one.iface] ?? interfaceRuling?.(described) ?? byDefault };
  }
}

function networkRow(stats: si.Systeminformation.NetworkStatsData): PolledRow {
  const fields = {
    in_octets: stats.rx_bytes,
    out_octets: stats.tx_bytes,
    in_errors: stats.rx_errors,
    out_errors: stats.tx_errors,
    in_discards: stats.rx_dropped,
    out_discards: stats.tx_dropped,
    oper_status: stats.operstate === 'up' ? 1 : 2,
  };
  return row('interface', { ifname: stats.iface }, fields);
}

function bootTime(): number {
  return Math.round(Date.now() / 1000 - os.uptime());
}

function row(measurement: string, tags: Record<string, string>, fields: Record<string, number>): PolledRow {
  return { measurement, tags, fields };
}
