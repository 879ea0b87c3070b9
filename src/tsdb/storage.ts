/**
 * What is on the disk below the log: the segments of the three tiers under their shares of the budget, and the jobs that
 * write them. One job runs at a time.
 */
import path from 'node:path';
import type { Disk } from '../lib/disk.ts';
import type { Logger } from '../lib/logger.ts';
import type { TierMs } from '../model/series.ts';
import { messageOf } from './engine-errors.ts';
import type { EngineStatistics } from './engine-options.ts';
import { Flush } from './flush.ts';
import { TIER_FOLDERS } from './folder.ts';
import { GroupReader } from './group-reader.ts';
import type { GroupTable } from './group-table.ts';
import type { Head } from './head.ts';
import type { EngineLimits } from './limits.ts';
import { chooseMerge, Merge, mergedName } from './merge.ts';
import { SegmentBatch } from './segment-batch.ts';
import type { SegmentName } from './segment-name.ts';
import { type OpenSegment, SegmentSet } from './segment-set.ts';
import { SegmentDamage } from './segment-types.ts';
import { type Shares, sharesOf } from './shares.ts';
import type { Slices } from './slices.ts';
import type { Reaches } from './tier-spans.ts';
import { TierUpdate } from './tier-update.ts';
import type { TimeBounds } from './time-bounds.ts';
import type { Tombstones } from './tombstones.ts';

const HOUR_MS = 3_600_000;
/** Each file is for one window. */
const WINDOWS_MS = { 0: 6 * HOUR_MS, 300000: 96 * HOUR_MS, 3600000: 1_536 * HOUR_MS } as const;
/** Rows for a bucket that ended may still be under way this long. */
const TIER_GRACE_MS = 60_000;

export interface StorageOptions {
  readonly folder: string;
  readonly disk: Disk;
  readonly logger: Logger;
  readonly budgetBytes: number;
  readonly limits: EngineLimits;
  readonly groups: GroupTable;
  readonly head: Head;
  readonly bounds: TimeBounds;
  readonly tombstones: Tombstones;
  /** Hears what is wrong, in a sentence that `health` shows. */
  readonly onProblem: (text: string) => void;
}

interface Tier {
  readonly set: SegmentSet;
  readonly shareBytes: number;
  readonly retentionMs: number;
}

export class Storage {
  readonly shares: Shares;
  readonly raw: SegmentSet;
  readonly fiveMinutes: SegmentSet;
  readonly hours: SegmentSet;
  readonly #options: StorageOptions;
  readonly #tiers: readonly Tier[];
  readonly #updates: readonly TierUpdate[];
  readonly #flush: Flush;
  readonly #merge: Merge;
  #sequence = 0;

  constructor(options: StorageOptions) {
    this.#options = options;
    this.shares = sharesOf(options.budgetBytes);
    const { limits, groups, head, bounds } = options;
    this.raw = this.#set(0);
    this.fiveMinutes = this.#set(300_000);
    this.hours = this.#set(3_600_000);
    this.#tiers = [
      { set: this.raw, shareBytes: this.shares.rawBytes, retentionMs: limits.retentionRawMs },
      { set: this.fiveMinutes, shareBytes: this.shares.fiveMinuteBytes, retentionMs: limits.retention5mMs },
      { set: this.hours, shareBytes: this.shares.hourBytes, retentionMs: limits.retention1hMs },
    ];
    const reader = new GroupReader(groups, head, this.raw);
    const historyReader = new GroupReader(groups, head, this.raw);
    this.#updates = [this.fiveMinutes, this.hours].map(
      (set) => new TierUpdate({ set, groups, bounds, reader, historyReader }),
    );
    this.#merge = new Merge(groups);
    this.#flush = new Flush({
      groups,
      head,
      raw: this.raw,
      onRows: (group, run) => {
        for (const update of this.#updates) update.note(group, run);
      },
    });
  }

  /** Opens all segments, at the time `nowMs`. */
  open(nowMs: number): void {
    for (const { set, shareBytes } of this.#tiers) {
      set.openFolder();
      // The budget may have become smaller.
      while (set.sizeBytes > shareBytes && set.recycleOldest());
      this.#sequence = Math.max(this.#sequence, set.lastSequence);
    }
    this.#sequence = Math.max(this.#sequence, this.#options.tombstones.lastSequence);
    for (const { source, indexOf } of this.raw.all) this.#learnBounds(source, indexOf);
    for (const update of this.#updates) update.learn(nowMs - TIER_GRACE_MS, this.#sequence);
  }

  figures(): Pick<
    EngineStatistics,
    'rawBytes' | 'fiveMinuteBytes' | 'hourBytes' | 'segments' | 'rawShareBytes' | 'oldestRawMs'
  > {
    const { raw, fiveMinutes, hours } = this;
    return {
      rawBytes: raw.sizeBytes,
      fiveMinuteBytes: fiveMinutes.sizeBytes,
      hourBytes: hours.sizeBytes,
      segments: raw.all.length + fiveMinutes.all.length + hours.all.length,
      rawShareBytes: this.shares.rawBytes,
      oldestRawMs: raw.minMs,
    };
  }

  /** Segments written from now on have greater sequence numbers. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Sequence number that all segments have at least. */
  get oldestSequence(): number {
    return this.#tiers.reduce((least, { set }) => Math.min(least, set.firstSequence), this.#sequence + 1);
  }

  /** Changes whenever a segment comes or goes. */
  get version(): number {
    return this.#tiers.reduce((sum, { set }) => sum + set.version, 0);
  }

  /** Whether any segment has rows or buckets of a row group. */
  has(group: number): boolean {
    return this.#tiers.some(({ set }) => set.all.some(({ indexOf }) => (indexOf[group] ?? 0) > 0));
  }

  /** Up to where a tier is computed for all row groups. */
  completeMs(tierMs: TierMs): number {
    return this.#updates[tierMs === 300_000 ? 0 : 1]!.completeMs;
  }

  set(tierMs: TierMs): SegmentSet {
    return tierMs === 0 ? this.raw : tierMs === 300_000 ? this.fiveMinutes : this.hours;
  }

  /** Writes everything in memory to raw segments. */
  async flush(slices: Slices): Promise<void> {
    await this.#flush.run(this.#batch(this.#tiers[0]!), slices);
  }

  /**
   * Brings the coarser tiers up to `nowMs`. A bucket that has not ended is not written: it would be written again soon,
   * and until then, over a restart as well, its raw samples are there.
   */
  async updateTiers(nowMs: number, slices: Slices): Promise<void> {
    const cutMs = nowMs - TIER_GRACE_MS;
    const sequence = this.#sequence;
    for (const [i, update] of this.#updates.entries()) {
      if (!update.isDue(cutMs)) continue;
      const batch = this.#batch(this.#tiers[i + 1]!);
      const { set } = this.#tiers[i + 1]!;
      await this.#aside(this.raw, () => this.#aside(set, () => update.run(batch, cutMs, sequence, slices)));
    }
  }

  isMergeDue(nowMs: number): boolean {
    return this.#tiers.some(({ set }) => this.#chooseMerge(set, nowMs).length > 0);
  }

  /** Does one merge if one is due. */
  async mergeOnce(nowMs: number, slices: Slices): Promise<void> {
    for (const tier of this.#tiers) {
      const inputs = this.#chooseMerge(tier.set, nowMs);
      if (inputs.length === 0) continue;
      const batch = this.#batch(tier, mergedName(inputs));
      await this.#aside(tier.set, () => this.#merge.run(tier.set, inputs, batch, slices));
      return;
    }
  }

  /** Removes segments that are older than their tier keeps them; of raw ones the buckets are computed before. */
  async expire(nowMs: number, slices: Slices): Promise<void> {
    const computedMs = Math.min(...this.#updates.map(({ completeMs }) => completeMs));
    const oldestRawMs = nowMs - this.#tiers[0]!.retentionMs;
    const isOwed = ({ source }: OpenSegment) => source.maxMs < oldestRawMs && source.maxMs > computedMs;
    if (this.raw.all.some(isOwed)) await this.updateTiers(nowMs, slices);
    for (const { set, retentionMs } of this.#tiers) {
      for (const segment of set.all) if (segment.source.maxMs < nowMs - retentionMs) set.remove(segment);
    }
  }

  /** Makes a deleted row group invisible. */
  hide(group: number): void {
    for (const { set } of this.#tiers) set.hide(group);
  }

  /** Forgets what is known of a row group whose number will be used again. */
  forget(group: number): void {
    for (const update of this.#updates) update.forget(group);
  }

  /** How far each tier reaches, for the choice between them. */
  reaches(): Reaches {
    const [fiveMinutes, hours] = this.#updates;
    return {
      raw: { fromMs: this.raw.minMs, completeMs: Number.POSITIVE_INFINITY },
      fiveMinutes: { fromMs: this.fiveMinutes.minMs, completeMs: fiveMinutes!.completeMs },
      hours: { fromMs: this.hours.minMs, completeMs: hours!.completeMs },
    };
  }

  /** Runs something that reads segments; one that turns out to be damaged is set aside before the error goes on. */
  async #aside<T>(set: SegmentSet, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (error instanceof SegmentDamage) this.#setAside(set, error);
      throw error;
    }
  }

  /** Reads a tier; segments that turn out to be damaged are set aside, and what remains is read. */
  undamaged<T>(tierMs: TierMs, read: () => T): T {
    const set = this.set(tierMs);
    for (;;) {
      const before = set.all.length;
      try {
        return read();
      } catch (error) {
        if (!(error instanceof SegmentDamage)) throw error;
        this.#setAside(set, error);
        if (set.all.length === before) throw error;
      }
    }
  }

  #setAside(set: SegmentSet, damage: SegmentDamage): void {
    const segment = set.all.find(({ source }) => source.path === damage.path);
    if (segment) set.setAside(segment, damage);
  }

  close(): void {
    for (const { set } of this.#tiers) set.closeAll();
  }

  #chooseMerge(set: SegmentSet, nowMs: number): OpenSegment[] {
    return chooseMerge(set, this.shares.segmentBytes, nowMs - 2 * HOUR_MS);
  }

  #set(tierMs: TierMs): SegmentSet {
    const { folder, disk, groups, tombstones, logger, onProblem } = this.#options;
    return new SegmentSet({
      tierMs,
      folder: path.join(folder, TIER_FOLDERS[tierMs]),
      windowMs: WINDOWS_MS[tierMs],
      disk,
      groups,
      tombstones,
      onProblem: (text, error) => {
        logger.error({ err: error }, text);
        onProblem(text);
      },
    });
  }

  #batch(tier: Tier, name?: SegmentName): SegmentBatch {
    return new SegmentBatch({
      disk: this.#options.disk,
      set: tier.set,
      temporaryBytes: this.shares.temporaryBytes,
      tierBytes: tier.shareBytes,
      nextName: () => name ?? this.#nextName(),
      onLeftover: (file, error) => {
        this.#options.logger.error({ err: error }, `${file} could not be removed: ${messageOf(error)}`);
        this.#options.onProblem(`${file} could not be removed: ${messageOf(error)}`);
      },
    });
  }

  #nextName(): SegmentName {
    this.#sequence++;
    return { first: this.#sequence, last: this.#sequence, revision: 0 };
  }

  #learnBounds(source: OpenSegment['source'], indexOf: Int32Array): void {
    for (let group = 0; group < indexOf.length; group++) {
      const index = indexOf[group]! - 1;
      if (index < 0) continue;
      const first = source.firstBlock[index]!;
      const end = source.firstBlock[index + 1]!;
      if (end > first) this.#options.bounds.widen(group, source.blockMinMs(first), source.blockMaxMs(end - 1));
    }
  }
}
