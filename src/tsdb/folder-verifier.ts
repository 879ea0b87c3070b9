/**
 * Reads everything in the engine's folder and says what is damaged, for `telltale check`. Changes nothing. The folder
 * must not be in use.
 */
import path from 'node:path';
import type { Disk } from '../lib/disk.ts';
import { messageOf } from './engine-errors.ts';
import { checkFormat, TIER_FOLDERS } from './folder.ts';
import { DAMAGED_SUFFIX, parseSegmentName } from './segment-name.ts';
import { verifySegment } from './segment-verifier.ts';
import { describeDamage, Tombstones } from './tombstones.ts';
import { walPath } from './wal.ts';
import { replayFile, walNumbers } from './wal-replay.ts';

/** What was read of one part (`raw`, `5m`, `1h`, `wal`, `tombstones`) and what is wrong in it, in plain sentences. */
export interface PartReport {
  readonly part: string;
  readonly files: number;
  readonly sizeBytes: number;
  /** Samples (raw), buckets (tiers), frames (log) or deletions (tombstones) that could be read. */
  readonly items: number;
  readonly damages: readonly string[];
}

/** Verifies the folder part by part. @throws FolderError when it is not ours or newer */
export function* verifyFolder(disk: Disk, folder: string): Generator<PartReport> {
  checkFormat(disk, folder);
  for (const part of Object.values(TIER_FOLDERS)) yield verifyTier(disk, folder, part);
  yield verifyLog(disk, path.join(folder, 'wal'));
  yield verifyTombstones(disk, folder);
}

function verifyTier(disk: Disk, folder: string, part: string): PartReport {
  const names = disk.list(path.join(folder, part));
  const damages: string[] = [];
  let files = 0;
  let sizeBytes = 0;
  let items = 0;
  for (const name of names) {
    const file = path.join(folder, part, name);
    if (name.endsWith(DAMAGED_SUFFIX)) damages.push(`${part}/${name}: was set aside as damaged before`);
    if (!parseSegmentName(name)) continue;
    files++;
    try {
      const report = verifySegment(disk, file);
      sizeBytes += report.sizeBytes;
      items += report.samples;
      for (const { offset, what } of report.damages) damages.push(`${part}/${name}: byte ${offset}: ${what}`);
      const more = report.damageCount - report.damages.length;
      if (more > 0) damages.push(`${part}/${name}: ${more} more damaged places`);
    } catch (error) {
      damages.push(`${part}/${name}: cannot be read: ${messageOf(error)}`);
    }
  }
  return { part, files, sizeBytes, items, damages };
}

function verifyLog(disk: Disk, folder: string): PartReport {
  const damages: string[] = [];
  const numbers = walNumbers(disk, folder);
  let sizeBytes = 0;
  let items = 0;
  for (const number of numbers) {
    const file = walPath(folder, number);
    try {
      sizeBytes += disk.sizeOf(file);
      const dropped = replayFile(disk, file, () => items++);
      if (dropped) {
        const lost = `${dropped.sizeBytes} bytes are lost`;
        damages.push(`wal/${dropped.file}: byte ${dropped.offset}: ${dropped.reason}; ${lost}`);
      }
    } catch (error) {
      damages.push(`wal/${path.basename(file)}: cannot be read: ${messageOf(error)}`);
    }
  }
  return { part: 'wal', files: numbers.length, sizeBytes, items, damages };
}

function verifyTombstones(disk: Disk, folder: string): PartReport {
  const tombstones = Tombstones.open(disk, folder);
  const { sizeBytes, count: items, damagedLines } = tombstones;
  const damages = damagedLines > 0 ? [describeDamage(tombstones)] : [];
  return { part: 'tombstones', files: sizeBytes > 0 ? 1 : 0, sizeBytes, items, damages };
}
