/**
 * File systems of Linux that hold data: on block devices, and ZFS. Network file systems are left out, because asking one
 * whose server is gone hangs; read-only images (squashfs, ISO) because they are always full.
 */
import { statfs } from 'node:fs/promises';
import type { PolledRow } from '../../templates/poll-plan.ts';
import { readLines } from './linux-files.ts';

const ALWAYS_FULL = new Set(['squashfs', 'iso9660', 'udf', 'erofs']);
const WITHOUT_DEVICE = new Set(['zfs', 'overlay', 'bcachefs']);

export async function storageRows(): Promise<PolledRow[]> {
  const rows: PolledRow[] = [];
  for (const mount of dataMounts()) {
    try {
      const { bsize, blocks, bfree, files, ffree } = await statfs(mount);
      if (blocks === 0) continue;
      const fields: Record<string, number> = { used_bytes: (blocks - bfree) * bsize, total_bytes: blocks * bsize };
      // Some file systems make inodes as they are needed and say 0.
      if (files > 0) Object.assign(fields, { inodes_used: files - ffree, inodes_total: files });
      rows.push({ measurement: 'storage', tags: { mount }, fields });
    } catch (error) {
      // Unmounted since the list was read, or not ours to see: then it has no row.
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  }
  return rows;
}

/** Mount points, one a file system: a device mounted in several places counts where it was mounted first. */
function dataMounts(): string[] {
  const mounts = new Map<string, string>();
  for (const line of readLines('/proc/self/mounts')) {
    const [source = '', escaped = '', type = ''] = line.split(' ');
    const mount = escaped.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
    const holdsData = (source.startsWith('/dev/') && !source.startsWith('/dev/loop')) || WITHOUT_DEVICE.has(type);
    if (!holdsData || ALWAYS_FULL.has(type)) continue;
    // Container images: only the machine's own root counts.
    if (type === 'overlay' && mount !== '/') continue;
    const key = type === 'zfs' ? source : source + type;
    if (!mounts.has(key) || mount === '/') mounts.set(key, mount);
  }
  return [...mounts.values()];
}
