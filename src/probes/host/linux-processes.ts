/** Processes of Linux (`/proc/<pid>/stat`): CPU time since the reading before and resident memory. */
import { setImmediate } from 'node:timers/promises';
import { listFolder, readText } from './linux-files.ts';
import type { ProcessUse } from './reading.ts';

/** USER_HZ, which is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;
/** Other probes get their turn after so many. */
const CHUNK = 200;

export class LinuxProcesses {
  #ticksBefore = new Map<number, number>();
  #readAtMs = 0;

  async read(nowMs: number): Promise<ProcessUse[]> {
    const elapsedTicks = ((nowMs - this.#readAtMs) / 1000) * TICKS_PER_SECOND;
    const ticks = new Map<number, number>();
    const uses: ProcessUse[] = [];
    const pids = listFolder('/proc').map(Number).filter(Number.isInteger);
    for (const [i, pid] of pids.entries()) {
      if (i % CHUNK === CHUNK - 1) await setImmediate();
      const stat = readText(`/proc/${pid}/stat`);
      if (stat === undefined) continue;
      // The name stands in parentheses and may itself hold spaces and parentheses.
      const nameEnd = stat.lastIndexOf(')');
      const columns = stat.slice(nameEnd + 2).split(' ');
      const fullName = stat.slice(stat.indexOf('(') + 1, nameEnd);
      // Kernel threads have no memory of their own; what stands behind the slash changes from moment to moment.
      const name = columns[20] === '0' ? fullName.replace(/[/.].*$/, '') : fullName;
      const used = Number(columns[11]) + Number(columns[12]);
      const before = this.#ticksBefore.get(pid);
      const cpuPercent =
        before === undefined || elapsedTicks <= 0 ? 0 : (100 * Math.max(0, used - before)) / elapsedTicks;
      ticks.set(pid, used);
      uses.push({ name, cpuPercent, memoryBytes: Number(columns[21]) * PAGE_BYTES });
    }
    this.#ticksBefore = ticks;
    this.#readAtMs = nowMs;
    return uses;
  }
}
