/** CPU time of Linux (`/proc/stat`, proc(5)), as busy percentages between two readings, and the load averages. */
import type { PolledRow } from '../../templates/poll-plan.ts';
import { readLines, readText } from './linux-files.ts';
import { tenth } from './reading.ts';

interface Ticks {
  readonly busy: number;
  readonly total: number;
}

export class LinuxCpu {
  #before = new Map<string, Ticks>();

  /** Whether a reading can give percentages already. */
  get isPrimed(): boolean {
    return this.#before.size > 0;
  }

  prime(): void {
    this.#before = readTicks();
  }

  rows(perCore: boolean): PolledRow[] {
    const now = readTicks();
    const rows: PolledRow[] = [];
    const [load1, load5, load15] = (readText('/proc/loadavg') ?? '').split(' ').map(Number);
    for (const [core, ticks] of now) {
      const before = this.#before.get(core);
      if ((core !== 'total' && !perCore) || !before || ticks.total <= before.total) continue;
      const percent = tenth((100 * Math.max(0, ticks.busy - before.busy)) / (ticks.total - before.total));
      const loads = core === 'total' && load1 !== undefined && load5 !== undefined && load15 !== undefined;
      const fields = loads ? { percent, load1, load5, load15 } : { percent };
      rows.push({ measurement: 'cpu', tags: { core }, fields });
    }
    this.#before = now;
    return rows;
  }
}

function readTicks(): Map<string, Ticks> {
  const ticks = new Map<string, Ticks>();
  for (const line of readLines('/proc/stat')) {
    if (!line.startsWith('cpu')) break;
    const [name = '', ...numbers] = line.split(/ +/);
    // user nice system idle iowait irq softirq steal; guest time is already in user.
    const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = numbers.map(Number);
    const busy = user + nice + system + irq + softirq + steal;
    ticks.set(name === 'cpu' ? 'total' : name.slice(3), { busy, total: busy + idle + iowait });
  }
  return ticks;
}
