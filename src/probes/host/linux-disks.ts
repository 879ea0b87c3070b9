/** Whole disks of Linux (`/proc/diskstats`): bytes moved, and the share of time in which they were busy. */
import type { PolledRow } from '../../templates/poll-plan.ts';
import { listFolder, readLines, readNumber } from './linux-files.ts';

/** Of diskstats, whatever the disk's own sectors are. */
const SECTOR_BYTES = 512;
const NO_DISK = /^(?:loop|ram|zram|sr|fd|nbd)\d+$/;

export class LinuxDisks {
  #busyBefore = new Map<string, number>();
  #readAtMs = 0;

  rows(nowMs: number): PolledRow[] {
    const whole = new Set(listFolder('/sys/block').filter((name) => !NO_DISK.test(name)));
    const elapsedMs = nowMs - this.#readAtMs;
    const busy = new Map<string, number>();
    const rows: PolledRow[] = [];
    for (const line of readLines('/proc/diskstats')) {
      const columns = line.trim().split(/ +/);
      const disk = columns[2] ?? '';
      if (!whole.has(disk) || !readNumber(`/sys/block/${disk}/size`)) continue;
      const [sectorsRead, sectorsWritten, busyMs] = [columns[5], columns[9], columns[12]].map(Number);
      const fields: Record<string, number> = {
        read_bytes: sectorsRead! * SECTOR_BYTES,
        written_bytes: sectorsWritten! * SECTOR_BYTES,
      };
      const before = this.#busyBefore.get(disk);
      if (before !== undefined && elapsedMs > 0 && busyMs! >= before) {
        fields.busy_percent = Math.min(100, Math.round((1000 * (busyMs! - before)) / elapsedMs) / 10);
      }
      busy.set(disk, busyMs!);
      rows.push({ measurement: 'disk', tags: { disk }, fields });
    }
    this.#busyBefore = busy;
    this.#readAtMs = nowMs;
    return rows;
  }
}
