/**
 * Reads all of a segment and says what is damaged and where, for `telltale check`. Goes on after damage, so that one
 * bad block does not hide the next.
 */
import type { Disk } from '../lib/disk.ts';
import { newTierParts } from './encoding/tier-parts.ts';
import { SegmentReader } from './segment-reader.ts';
import { SegmentDamage } from './segment-types.ts';

export interface SegmentReport {
  readonly path: string;
  readonly sizeBytes: number;
  readonly groups: number;
  readonly blocks: number;
  readonly rows: number;
  /** Values that could be read. */
  readonly samples: number;
  /** The first few, in the order of the file. */
  readonly damages: readonly SegmentDamage[];
  readonly damageCount: number;
}

const DAMAGES_KEPT = 20;

class Verification {
  readonly damages: SegmentDamage[] = [];
  damageCount = 0;

  /** Runs `read`; notes damage. False when there was some. */
  try(read: () => void): boolean {
    try {
      read();
      return true;
    } catch (error) {
      if (!(error instanceof SegmentDamage)) throw error;
      this.damageCount++;
      if (this.damages.length < DAMAGES_KEPT) this.damages.push(error);
      return false;
    }
  }
}

/** Verifies the segment at `path`. @throws UnsupportedFormat, or what the disk throws */
export function verifySegment(disk: Disk, path: string): SegmentReport {
  const verification = new Verification();
  const { damages } = verification;
  let reader: SegmentReader | undefined;
  verification.try(() => {
    reader = SegmentReader.open(disk, path);
  });
  const nothing = { path, sizeBytes: disk.sizeOf(path), groups: 0, blocks: 0, rows: 0, samples: 0 };
  if (reader === undefined) return { ...nothing, damages, damageCount: verification.damageCount };
  try {
    const samples = readAll(reader, verification);
    const { sizeBytes, groupCount: groups, blockCount: blocks, rows } = reader;
    if (verification.damageCount === 0 && samples !== reader.samples) {
      verification.try(() => {
        throw new SegmentDamage(path, sizeBytes, `${samples} samples instead of ${reader!.samples}`);
      });
    }
    return { path, sizeBytes, groups, blocks, rows, samples, damages, damageCount: verification.damageCount };
  } finally {
    reader.close();
  }
}

/** Reads every block of every column; returns the values found. */
function readAll(reader: SegmentReader, verification: Verification): number {
  let mostRows = 0;
  for (let block = 0; block < reader.blockCount; block++) mostRows = Math.max(mostRows, reader.blockRows(block));
  const values = new Float64Array(mostRows);
  const present = new Uint8Array(mostRows);
  const parts = newTierParts(mostRows);
  let samples = 0;
  let group = 0;
  verification.try(() => {
    for (const { fields } of reader.groups()) {
      for (let block = reader.firstBlock[group]!; block < reader.firstBlock[group + 1]!; block++) {
        const rows = reader.blockRows(block);
        const whole =
          verification.try(() => void reader.readTimes(block)) &&
          (reader.tierMs !== 0 || verification.try(() => reader.verifyBlock(block)));
        for (let column = 0; whole && column < fields.length; column++) {
          verification.try(() => {
            if (reader.tierMs === 0) samples += reader.readColumn(block, column, values, present);
            else if (reader.readTierColumn(block, column, parts)) samples += countBuckets(parts.samples, rows);
          });
        }
      }
      group++;
    }
  });
  return samples;
}

function countBuckets(samples: Float64Array, rows: number): number {
  let count = 0;
  for (let i = 0; i < rows; i++) if (samples[i] !== 0) count++;
  return count;
}
