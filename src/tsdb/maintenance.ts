/**
 * Decides what has to be done behind the rows, and does it, one job at a time in small slices: flush, tiers, retention,
 * merges, forgetting. A job that fails leaves everything as it was, is said in `problems`, and is tried again.
 */
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { isDiskFull, messageOf } from './engine-errors.ts';
import type { GroupTable } from './group-table.ts';
import type { Head } from './head.ts';
import type { Problems } from './problems.ts';
import { JobCancelled, type SliceOptions, Slices } from './slices.ts';
import { SteadyTime } from './steady-time.ts';
import type { Storage } from './storage.ts';
import type { Tombstones } from './tombstones.ts';
import type { Wal } from './wal.ts';

const MiB = 2 ** 20;
/** What is in memory is flushed after this time at the latest. */
const FLUSH_INTERVAL_MS = 3_600_000;
/** Late rows are in memory alone at most this long: till they are flushed, the tiers that answer for their time lack them. */
const FLUSH_LATE_MS = 600_000;
/** Log and memory that a small installation may fill; larger ones get more with each series. */
const FLUSH_WAL_BYTES = 128 * MiB;
const FLUSH_WAL_BYTES_PER_SERIES = 300;
const FLUSH_BLOCK_BYTES = 64 * MiB;
const FLUSH_BLOCK_BYTES_PER_SERIES = 100;
const RETRY_MS = 10_000;
const SWEEP_INTERVAL_MS = 600_000;

export interface MaintenanceOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly head: Head;
  readonly wal: Wal;
  readonly storage: Storage;
  readonly tombstones: Tombstones;
  readonly problems: Problems;
  readonly slices: SliceOptions;
  readonly groups: GroupTable;
  /** Ends the current log file; returns the number of the last one that ended. */
  readonly rotateWal: () => number;
  /** Forgets row groups that have no rows any more. */
  readonly sweep: () => void;
}

export class Maintenance {
  readonly #options: MaintenanceOptions;
  readonly #steady: SteadyTime;
  #running: Promise<void> | undefined;
  #abort = new AbortController();
  #flushedMs: number;
  #sweptMs: number;
  #retryMs = Number.NEGATIVE_INFINITY;
  #mustFlush = false;
  /** Since when there are late rows in memory. */
  #lateSinceMs = Number.POSITIVE_INFINITY;
  #sweptVersion = -1;

  constructor(options: MaintenanceOptions) {
    this.#options = options;
    this.#steady = new SteadyTime(options.clock);
    this.#flushedMs = options.clock.monotonicMs();
    this.#sweptMs = this.#flushedMs;
  }

  /** Whether a job is under way. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Flushes as soon as possible. */
  requireFlush(): void {
    this.#mustFlush = true;
  }

  /** Starts the next job if one is due and none is running. */
  tick(): void {
    const { head, clock } = this.#options;
    head.fitMemory();
    if (this.#running || clock.monotonicMs() < this.#retryMs) return;
    const job = this.#due();
    if (job) this.#running = this.#run(job);
  }

  /** Resolves when no job is running. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** Writes everything to segments and computes the buckets that have ended. @throws what hindered it; JobCancelled when it takes too long */
  async flush(limitMs = Number.POSITIVE_INFINITY): Promise<void> {
    await this.idle();
    const { clock } = this.#options;
    const cancel = Number.isFinite(limitMs) ? clock.after(limitMs, () => this.#abort.abort()) : undefined;
    try {
      await this.#flushJob();
    } finally {
      cancel?.();
    }
  }

  /** Stops the running job where it is. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.idle();
    this.#abort = new AbortController();
  }

  #due(): (() => Promise<void>) | undefined {
    if (this.#isFlushDue()) return () => this.#flushJob();
    const { storage, clock } = this.#options;
    const nowMs = clock.nowMs();
    if (storage.isMergeDue(nowMs)) {
      return async () => {
        await storage.mergeOnce(nowMs, this.#slices());
      };
    }
    if (clock.monotonicMs() - this.#sweptMs >= SWEEP_INTERVAL_MS) return () => this.#sweepJob();
    return undefined;
  }

  async #run(job: () => Promise<void>): Promise<void> {
    const { problems, logger, clock } = this.#options;
    try {
      await job();
      problems.clear('maintenance');
    } catch (error) {
      if (!(error instanceof JobCancelled)) {
        const text = isDiskFull(error)
          ? `the disk is full: samples cannot be moved from the log to segments (${messageOf(error)})`
          : `samples cannot be moved to segments: ${messageOf(error)}`;
        if (problems.set('maintenance', text)) logger.error({ err: error }, text);
        this.#retryMs = clock.monotonicMs() + RETRY_MS;
      }
    } finally {
      this.#running = undefined;
    }
  }

  #isFlushDue(): boolean {
    const { wal, head, storage, clock } = this.#options;
    if (head.isEmpty) return false;
    if (this.#mustFlush) return true;
    const nowMs = clock.monotonicMs();
    const isLate = head.earliestMs <= storage.completeMs(300_000);
    this.#lateSinceMs = isLate ? Math.min(this.#lateSinceMs, nowMs) : Number.POSITIVE_INFINITY;
    const series = this.#options.groups.seriesCount;
    const walBytes = Math.max(FLUSH_WAL_BYTES, FLUSH_WAL_BYTES_PER_SERIES * series);
    const blockBytes = Math.max(FLUSH_BLOCK_BYTES, FLUSH_BLOCK_BYTES_PER_SERIES * series);
    return (
      wal.sizeBytes >= Math.min(walBytes, storage.shares.walBytes * 0.4) ||
      head.current.sizeBytes >= Math.min(blockBytes, storage.shares.temporaryBytes * 0.4) ||
      nowMs - this.#flushedMs >= FLUSH_INTERVAL_MS ||
      nowMs - this.#lateSinceMs >= FLUSH_LATE_MS
    );
  }

  async #flushJob(): Promise<void> {
    const { storage, wal, head, clock, tombstones, rotateWal } = this.#options;
    const nowMs = clock.nowMs();
    const through = head.isEmpty ? undefined : rotateWal();
    if (through !== undefined) {
      // Were rows in a segment and, after a power cut, not in the log, nobody would know that the tiers lack them.
      await wal.sync();
      await storage.flush(this.#slices());
      this.#mustFlush = false;
      this.#flushedMs = clock.monotonicMs();
    }
    await storage.updateTiers(nowMs, this.#slices());
    // The log goes last: were the tiers not written, a restart would flush again and compute them then.
    if (through !== undefined) wal.removeThrough(through);
    await storage.expire(this.#steady.nowMs(), this.#slices());
    tombstones.prune(storage.oldestSequence, wal.oldestNumber);
  }

  async #sweepJob(): Promise<void> {
    const { storage, clock, sweep } = this.#options;
    await storage.expire(this.#steady.nowMs(), this.#slices());
    this.#sweptMs = clock.monotonicMs();
    if (storage.version === this.#sweptVersion) return;
    this.#sweptVersion = storage.version;
    sweep();
  }

  #slices(): Slices {
    return new Slices(this.#options.slices, this.#abort.signal);
  }
}
