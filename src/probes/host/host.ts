/** Probe `host`: the machine that this collector or agent runs on, in the same families as a server read by SNMP. */
import { z } from 'zod';
import type { EndedRow, PolledRow } from '../../templates/poll-plan.ts';
import { declare } from '../fields.ts';
import { defineProbe, type ProbeResult, type ProbeRun, type ProbeTarget, type ProbeTools } from '../probe.ts';
import { LibraryReader } from './library-reader.ts';
import { LinuxReader } from './linux-reader.ts';
import type { HostReader } from './reading.ts';

const settings = z.strictObject({
  processes: z.int().min(0).max(100).default(10).describe('How many processes are reported, those that use most'),
  per_core: z.boolean().default(true).describe('Report each CPU core, not only the whole'),
});
type Settings = z.output<typeof settings>;

/** Polls after which a row group that no longer comes is given up. */
const MISSED_POLLS = 3;
/** Facts and the interface table are told at least this often, and at once when interfaces change. */
const TELL_EVERY_MS = 1_800_000;

export const hostProbe = defineProbe({
  id: 'host',
  name: 'Host',
  description: 'CPU, memory, storage, disks, network and top processes of the machine itself.',
  settings,
  defaultIntervalS: 10,
  credentials: [],
  fields: [
    ...declare('process', {
      running: ['gauge', 'processes', 'Running processes of this name'],
      cpu_percent: ['gauge', 'percent', 'CPU time, in percent of one core'],
      memory_bytes: ['gauge', 'bytes', 'Resident memory'],
    }),
    ...declare('host', {
      boot_time_seconds: ['gauge', 'seconds', 'When the machine started, in seconds since 1970'],
      users: ['gauge', 'users', 'Users logged in'],
      pending_reboot: ['state', '', 'The system waits for a restart'],
      processes: ['gauge', 'processes', 'Running processes'],
    }),
  ],
  start: (target, chosen, tools) => new HostRun(target, chosen, tools),
});

class HostRun implements ProbeRun {
  readonly #tools: ProbeTools;
  readonly #reader: HostReader;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #toldInterfaces = '';
  /** Row groups that came lately: processes leave the top, disks are pulled out. */
  readonly #alive = new Map<string, { readonly row: EndedRow; missed: number }>();

  constructor(target: ProbeTarget, chosen: Settings, tools: ProbeTools) {
    const { interfaces, interfaceRuling } = target;
    const choice = { processes: chosen.processes, perCore: chosen.per_core, interfaces, interfaceRuling };
    this.#tools = tools;
    this.#reader = process.platform === 'linux' ? new LinuxReader(tools.clock, choice) : new LibraryReader(choice);
  }

  async poll(): Promise<ProbeResult> {
    const { rows, interfaces } = await this.#reader.read();
    const nowMs = this.#tools.clock.monotonicMs();
    const table = JSON.stringify(interfaces);
    const isDue = nowMs - this.#toldAtMs >= TELL_EVERY_MS;
    const ended = this.#ended(rows);
    if (!isDue && table === this.#toldInterfaces) return { rows, ended };
    this.#toldInterfaces = table;
    if (!isDue) return { rows, ended, interfaces };
    this.#toldAtMs = nowMs;
    const facts = await this.#reader.facts();
    const told = { template: 'host', confidence: 1, reasons: ['this machine reads itself'], facts };
    return { rows, ended, interfaces, facts: told };
  }

  close(): void {}

  #ended(rows: readonly PolledRow[]): EndedRow[] {
    for (const alive of this.#alive.values()) alive.missed++;
    for (const { measurement, tags } of rows) {
      this.#alive.set(measurement + JSON.stringify(tags), { row: { measurement, tags }, missed: 0 });
    }
    const ended = [...this.#alive].filter(([, { missed }]) => missed >= MISSED_POLLS);
    for (const [key] of ended) this.#alive.delete(key);
    return ended.map(([, { row }]) => row);
  }
}
