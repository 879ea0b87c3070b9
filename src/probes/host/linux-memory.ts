/** Memory of Linux (`/proc/meminfo`). Used is what is not available to new programs; caches are available. */
import type { PolledRow } from '../../templates/poll-plan.ts';
import { readLines } from './linux-files.ts';

export function memoryRows(): PolledRow[] {
  const bytes = new Map<string, number>();
  for (const line of readLines('/proc/meminfo')) {
    const match = /^(\w+): +(\d+) kB$/.exec(line);
    if (match) bytes.set(match[1]!, Number(match[2]) * 1024);
  }
  const total = bytes.get('MemTotal') ?? 0;
  const free = bytes.get('MemAvailable') ?? bytes.get('MemFree') ?? 0;
  const swap = bytes.get('SwapTotal') ?? 0;
  const rows = [pool('Physical memory', total, total - free)];
  if (swap > 0) rows.push(pool('Swap space', swap, swap - (bytes.get('SwapFree') ?? 0)));
  return rows;
}

function pool(name: string, total: number, used: number): PolledRow {
  return { measurement: 'memory', tags: { pool: name }, fields: { used_bytes: used, total_bytes: total } };
}
