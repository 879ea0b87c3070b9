/** A Linux machine read straight from the kernel: no program is started, nothing but files is read. */
import fs from 'node:fs';
import os from 'node:os';
import type { Clock } from '../../lib/clock.ts';
import type { DeviceFacts } from '../../model/observation.ts';
import type { PolledRow } from '../../templates/poll-plan.ts';
import { LinuxCpu } from './linux-cpu.ts';
import { LinuxDisks } from './linux-disks.ts';
import { readLines, readText } from './linux-files.ts';
import { memoryRows } from './linux-memory.ts';
import { readNetwork } from './linux-network.ts';
import { LinuxProcesses } from './linux-processes.ts';
import { storageRows } from './linux-storage.ts';
import { type HostChoice, type HostReader, type HostReading, processNames, processRows } from './reading.ts';

/** The first reading takes this long, so that it has percentages too. */
const PRIME_MS = 250;
/** `struct utmp` of utmp(5): 384 bytes, type first; 7 is a user who is logged in. */
const UTMP_BYTES = 384;
const USER_PROCESS = 7;

export class LinuxReader implements HostReader {
  readonly #clock: Clock;
  readonly #choice: HostChoice;
  #reported: ReadonlySet<string> = new Set();
  readonly #cpu = new LinuxCpu();
  readonly #disks = new LinuxDisks();
  readonly #processes = new LinuxProcesses();

  constructor(clock: Clock, choice: HostChoice) {
    this.#clock = clock;
    this.#choice = choice;
  }

  async read(): Promise<HostReading> {
    if (!this.#cpu.isPrimed) {
      this.#cpu.prime();
      this.#disks.rows(this.#clock.monotonicMs());
      await this.#processes.read(this.#clock.monotonicMs());
      await this.#clock.sleep(PRIME_MS);
    }
    const network = readNetwork(this.#choice);
    const processes = await this.#processes.read(this.#clock.monotonicMs());
    const top = processRows(processes, this.#choice.processes, this.#reported);
    this.#reported = processNames(top);
    const rows = [
      ...this.#cpu.rows(this.#choice.perCore),
      ...memoryRows(),
      ...(await storageRows()),
      ...this.#disks.rows(this.#clock.monotonicMs()),
      ...network.rows,
      ...top,
      hostRow(processes.length),
    ];
    return { rows, interfaces: network.interfaces };
  }

  async facts(): Promise<DeviceFacts> {
    const release = new Map(
      readLines('/etc/os-release').map((line) => {
        const equals = line.indexOf('=');
        return [line.slice(0, equals), line.slice(equals + 1).replace(/^"|"$/g, '')] as const;
      }),
    );
    const facts = {
      vendor: readText('/sys/class/dmi/id/sys_vendor'),
      model: readText('/sys/class/dmi/id/product_name') ?? readText('/proc/device-tree/model')?.replaceAll('\0', ''),
      serial: readText('/sys/class/dmi/id/product_serial'),
      os: release.get('NAME') ?? 'Linux',
      version: release.get('VERSION_ID'),
      name: os.hostname(),
      sys_descr: `${os.type()} ${os.release()} ${os.machine()}`,
    };
    return Object.fromEntries(Object.entries(facts).filter(([, value]) => value)) as DeviceFacts;
  }
}

function hostRow(processes: number): PolledRow {
  const boot = readLines('/proc/stat').find((line) => line.startsWith('btime '));
  const fields: Record<string, number> = {
    processes,
    users: countUsers(),
    pending_reboot: fs.existsSync('/run/reboot-required') ? 1 : 0,
  };
  if (boot) fields.boot_time_seconds = Number(boot.slice(6));
  return { measurement: 'host', tags: {}, fields };
}

function countUsers(): number {
  const text = readText('/run/utmp') ?? '';
  const bytes = Buffer.from(text, 'latin1');
  let users = 0;
  for (let at = 0; at + 4 <= bytes.length; at += UTMP_BYTES) if (bytes.readInt16LE(at) === USER_PROCESS) users++;
  return users;
}
