/** Brings what the log holds back into the head, at the start. */
import type { Disk } from '../lib/disk.ts';
import type { Logger } from '../lib/logger.ts';
import { FileNumbers } from './file-numbers.ts';
import type { FrameReader } from './frame-reader.ts';
import type { GroupTable } from './group-table.ts';
import type { Head } from './head.ts';
import type { Tombstones } from './tombstones.ts';
import { walPath } from './wal.ts';
import { replayFile, walNumbers } from './wal-replay.ts';

export interface RecoveryOptions {
  readonly disk: Disk;
  /** `wal/` of the engine's folder. */
  readonly folder: string;
  readonly logger: Logger;
  readonly groups: GroupTable;
  readonly head: Head;
  readonly frames: FrameReader;
  readonly tombstones: Tombstones;
}

export interface ReplayedFile {
  readonly number: number;
  readonly sizeBytes: number;
}

/** Replays all files, oldest first. What could not be read is said in the log. */
export function replayLog(options: RecoveryOptions): ReplayedFile[] {
  const { disk, folder, logger, groups, head, frames, tombstones } = options;
  const files: ReplayedFile[] = [];
  for (const number of walNumbers(disk, folder)) {
    const file = walPath(folder, number);
    const names = new FileNumbers(groups, (tenant, measurement, tags) => {
      if (tombstones.count === 0) return false;
      const text = (symbol: number) => groups.symbols.text(symbol);
      const tombstone = tombstones.find(tenant, text(measurement), tags.map(text));
      return tombstone !== undefined && tombstone.wal >= number;
    });
    const dropped = replayFile(disk, file, (words, length) => {
      frames.apply(words, length, names);
      head.fitMemory();
    });
    if (dropped) logger.warn({ ...dropped }, 'the end of a write-ahead log file could not be read and was dropped');
    files.push({ number, sizeBytes: disk.sizeOf(file) });
  }
  return files;
}
