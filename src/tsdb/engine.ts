/**
 * The time-series engine: rows in (`RowSink`), series out (`SeriesSource`). Everything here runs in one thread, with
 * synchronous file calls and asynchronous fsync; what takes long is done in small steps by `tick`.
 *
 * A row is encoded for the log at once, written to the file by `commit` together with its neighbours, and put into the
 * head from the very bytes that were written: live rows and a replay after a crash take the same way.
 */
import path from 'node:path';
import type { Parts } from '../lib/parts.ts';
import type { FieldMetadata } from '../model/field.ts';
import { ROW_REFUSAL, type RowRefusal, type RowSink } from '../model/row-sink.ts';
import type {
  LabelPairs,
  Matcher,
  SampleBuffer,
  SelectRequest,
  SeriesHandle,
  SeriesSource,
  TierBuffer,
  TierMs,
  TierSpan,
} from '../model/series.ts';
import type { TenantId } from '../model/tenant.ts';
import { AliasTable } from './alias-table.ts';
import { Catalogue, type IdentityRequest } from './catalogue.ts';
import { DiskFullError, isDiskFull, messageOf } from './engine-errors.ts';
import type { EngineHealth, EngineOptions, EngineStatistics } from './engine-options.ts';
import { openFolder } from './folder.ts';
import { FrameReader } from './frame-reader.ts';
import { GroupTable } from './group-table.ts';
import { Head } from './head.ts';
import type { JoinedLabelsEntry } from './joined-labels.ts';
import { DEFAULT_LIMITS, type EngineLimits, explainRefusal } from './limits.ts';
import { Maintenance } from './maintenance.ts';
import { Problems } from './problems.ts';
import { replayLog } from './recovery.ts';
import { Removal } from './removal.ts';
import { RowInput } from './row-input.ts';
import { Samples } from './sample-buffer.ts';
import type { Series } from './series.ts';
import { SeriesReader } from './series-reader.ts';
import { Storage } from './storage.ts';
import { Buckets } from './tier-buffer.ts';
import { TierReader } from './tier-reader.ts';
import { tierSpans } from './tier-spans.ts';
import { TimeBounds } from './time-bounds.ts';
import { describeDamage, Tombstones } from './tombstones.ts';
import { Wal } from './wal.ts';
import { WalFrame } from './wal-frame.ts';

export type { EngineHealth, EngineOptions, EngineStatistics };

const SLICE_MS = 4;
/** Above this part of the log's share `room` waits. */
const HIGH_WATER = 0.7;
const NO_SAMPLES = new Samples();
const NO_BUCKETS = new Buckets();

export class Engine implements RowSink, SeriesSource {
  readonly #options: EngineOptions;
  readonly #limits: EngineLimits;
  readonly #groups: GroupTable;
  readonly #aliases = new AliasTable();
  readonly #bounds = new TimeBounds();
  readonly #head: Head;
  readonly #catalogue: Catalogue;
  readonly #frame: WalFrame;
  readonly #frames: FrameReader;
  readonly #input = new RowInput();
  readonly #tombstones: Tombstones;
  readonly #storage: Storage;
  readonly #reader: SeriesReader;
  readonly #tierReader = new TierReader();
  readonly #wal: Wal;
  readonly #removal: Removal;
  readonly #maintenance: Maintenance;
  readonly #problems = new Problems();
  readonly #pause: () => Promise<void>;
  #nowMs: number;
  #isClosed = false;

  private constructor(options: EngineOptions) {
    this.#options = options;
    const { disk, clock, logger, folder, budgetBytes } = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#pause = options.pause ?? (() => new Promise((resolve) => setImmediate(resolve)));
    this.#nowMs = clock.nowMs();
    this.#groups = new GroupTable(this.#limits);
    this.#head = new Head(this.#groups, this.#bounds);
    this.#frame = new WalFrame(this.#groups, this.#head.open);
    this.#frames = new FrameReader(this.#head);
    this.#catalogue = new Catalogue(this.#groups, this.#limits, (group, fromMs, toMs) => {
      return this.#head.overlaps(group, fromMs, toMs) || this.#bounds.overlaps(group, fromMs, toMs);
    });
    openFolder(disk, folder);
    this.#tombstones = Tombstones.open(disk, folder);
    if (this.#tombstones.damagedLines > 0) {
      this.#problems.set('tombstones', describeDamage(this.#tombstones));
      logger.error({ lines: this.#tombstones.damagedLines }, describeDamage(this.#tombstones));
    }
    this.#storage = new Storage({
      folder,
      disk,
      logger,
      budgetBytes,
      limits: this.#limits,
      groups: this.#groups,
      head: this.#head,
      bounds: this.#bounds,
      tombstones: this.#tombstones,
      onProblem: (text) => this.#problems.set(text, text),
    });
    this.#storage.open(this.#nowMs);
    this.#reader = new SeriesReader(this.#head, this.#storage.raw);
    this.#wal = this.#openWal();
    this.#removal = new Removal({
      groups: this.#groups,
      aliases: this.#aliases,
      head: this.#head,
      frame: this.#frame,
      bounds: this.#bounds,
      storage: this.#storage,
      catalogue: this.#catalogue,
      tombstones: this.#tombstones,
    });
    this.#maintenance = new Maintenance({
      clock,
      logger,
      head: this.#head,
      wal: this.#wal,
      storage: this.#storage,
      tombstones: this.#tombstones,
      problems: this.#problems,
      slices: { monotonicMs: () => clock.monotonicMs(), pause: this.#pause, sliceMs: SLICE_MS },
      groups: this.#groups,
      rotateWal: () => this.#startWalFile(),
      sweep: () => this.#removal.sweep(),
    });
  }

  /** Opens (or makes) the folder and replays the log. @throws FolderError when the folder is not ours to use */
  static open(options: EngineOptions): Engine {
    return new Engine(options);
  }

  find(tenant: TenantId, bytes: Uint8Array, start: number, end: number, hash: number): number {
    const group = this.#aliases.find(tenant, bytes, start, end, hash);
    return group >= 0 && this.#groups.isAlive(group) ? group : -1;
  }

  intern(
    tenant: TenantId,
    bytes: Uint8Array,
    start: number,
    end: number,
    hash: number,
    measurement: string,
    tags: readonly string[],
  ): number {
    const group = this.#groups.intern(tenant, measurement, tags);
    if (this.#aliases.find(tenant, bytes, start, end, hash) >= 0) this.#aliases.repoint(group);
    else if (this.#aliases.count < 4 * this.#groups.groupCount + 10_000) {
      this.#aliases.add(tenant, bytes, start, end, hash, group);
    }
    return group;
  }

  column(group: number, field: string): number {
    return this.#groups.column(group, field);
  }

  row(group: number, timeMs: number, columns: Uint16Array, values: Float64Array, count: number): RowRefusal {
    if (timeMs > this.#nowMs + this.#limits.maxAheadMs) {
      this.#nowMs = this.#options.clock.nowMs();
      if (timeMs > this.#nowMs + this.#limits.maxAheadMs) return ROW_REFUSAL.tooFarAhead;
    }
    if (!(timeMs >= this.#nowMs - this.#limits.retentionRawMs)) return ROW_REFUSAL.tooOld;
    if (count === 0) return ROW_REFUSAL.none;
    this.#frame.row(group, timeMs, columns, this.#input.halves(values), count);
    return ROW_REFUSAL.none;
  }

  explain(refusal: RowRefusal): string {
    return explainRefusal(refusal, this.#limits);
  }

  commit(): void {
    this.#nowMs = this.#options.clock.nowMs();
    const frame = this.#frame;
    if (frame.isEmpty) return;
    try {
      this.#checkWalRoom(frame.length * 4);
      this.#wal.write(frame.words, frame.length);
      this.#problems.clear('write');
    } catch (error) {
      // What was defined in this frame is not in the file: the next frame goes to a new one, where all is defined anew.
      this.#startWalFile();
      frame.startFrame();
      const what = isDiskFull(error) ? 'the disk is full: rows are refused' : 'rows are refused';
      if (this.#problems.set('write', `${what}: ${messageOf(error)}`)) {
        this.#options.logger.error({ err: error }, 'rows could not be stored');
      }
      throw error;
    }
    this.#frames.apply(frame.words, frame.length);
    frame.startFrame();
  }

  /** Resolves when there is room in the log: whoever appends much awaits it between slices. */
  async room(): Promise<void> {
    await this.#pause();
    const most = this.#storage.shares.walBytes * HIGH_WATER;
    while (this.#wal.sizeBytes > most && !this.#isClosed) {
      this.#maintenance.tick();
      if (!this.#maintenance.isRunning) return;
      await this.#pause();
    }
  }

  /** Resolves once all committed rows are on the disk. @throws WalError */
  durable(): Promise<void> {
    return this.#wal.durable();
  }

  select(request: SelectRequest): Parts<readonly SeriesHandle[]> {
    return this.#catalogue.select(request);
  }

  read(series: SeriesHandle, fromMs: number, toMs: number): SampleBuffer {
    const { group, column, generation } = series as Series;
    if (!this.#groups.isStill(group, generation)) return NO_SAMPLES;
    return this.#storage.undamaged(0, () => this.#reader.read(group, column, fromMs, toMs));
  }

  readTier(series: SeriesHandle, tierMs: TierMs, fromMs: number, toMs: number): TierBuffer {
    const { group, column, generation } = series as Series;
    if (!this.#groups.isStill(group, generation)) return NO_BUCKETS;
    const set = this.#storage.set(tierMs);
    // A bucket overlaps the range if it begins before its end, and at most its width before its beginning.
    const startMs = fromMs - tierMs;
    return this.#storage.undamaged(tierMs, () => this.#tierReader.read(set.all, group, column, startMs, toMs - 1));
  }

  tiers(fromMs: number, toMs: number, stepMs: number): readonly TierSpan[] {
    return tierSpans(this.#storage.reaches(), fromMs, toMs, stepMs);
  }

  /** Label sets of series that match any of the selectors. */
  seriesIdentities(request: IdentityRequest): Parts<LabelPairs[]> {
    return this.#catalogue.identities(request);
  }

  labelNames(request: IdentityRequest): Parts<string[]> {
    return this.#catalogue.labelNames(request);
  }

  labelValues(name: string, request: IdentityRequest): Parts<string[]> {
    return this.#catalogue.labelValues(name, request);
  }

  /** Metric names that the tenants have, with what was declared about each. */
  *metadata(tenants: readonly TenantId[]): IterableIterator<FieldMetadata & { readonly name: string }> {
    for (const { tenant, name, measurement, field } of this.#catalogue.metrics(tenants)) {
      const declared = this.#catalogue.declarations.field(tenant, measurement, field);
      yield declared ? { name, ...declared } : { name, measurement, field, kind: 'unknown', unit: '', help: '' };
    }
  }

  /** Ends the matching series at a time: writes a stale marker into each of their row groups' fields. */
  endSeries(tenant: TenantId, selectors: readonly (readonly Matcher[])[], atMs: number): number {
    const groups = this.#matching(tenant, selectors);
    this.#removal.end(groups, atMs);
    this.commit();
    return groups.length;
  }

  /**
   * Deletes the row groups of the matching series: they are invisible at once and for good, and gone from the disk when
   * their segments are rewritten. Returns how many. @throws DiskFullError
   */
  deleteRowGroups(tenant: TenantId, selectors: readonly (readonly Matcher[])[]): number {
    const groups = this.#matching(tenant, selectors);
    if (groups.length === 0) return 0;
    this.#removal.delete(tenant, groups, this.#startWalFile());
    return groups.length;
  }

  /** Kinds, units and help of fields, as a tenant's sender says for itself; without one, for all. */
  declareFields(fields: readonly FieldMetadata[], tenant?: TenantId): void {
    if (this.#catalogue.declarations.declareFields(fields, tenant)) this.#catalogue.forgetHandles();
  }

  declareInterval(tenant: TenantId, monitorId: string, intervalMs: number): void {
    this.#catalogue.declarations.declareInterval(tenant, monitorId, intervalMs);
  }

  joinLabels(entries: readonly JoinedLabelsEntry[]): void {
    this.#catalogue.join(entries);
  }

  health(): EngineHealth {
    const problems = this.#problems.all;
    return { status: problems.length > 0 ? 'degraded' : 'ok', problems };
  }

  statistics(): EngineStatistics {
    return {
      series: this.#groups.seriesCount,
      rowGroups: this.#groups.groupCount,
      acceptedRows: this.#frames.rows,
      walBytes: this.#wal.sizeBytes,
      ...this.#head.figures(),
      ...this.#storage.figures(),
    };
  }

  /** Starts what is due: flushes, merges, forgetting. Called about once a second; the work is done in small slices. */
  tick(): void {
    this.#nowMs = this.#options.clock.nowMs();
    this.#maintenance.tick();
  }

  /** Resolves when nothing is being done in the background. */
  idle(): Promise<void> {
    return this.#maintenance.idle();
  }

  /** Writes everything that is in memory to segments, and the buckets that have ended. */
  async flush(): Promise<void> {
    await this.#maintenance.flush();
  }

  /**
   * Flushes everything, with the buckets that have ended, and closes all files. What cannot be flushed, or not within `limitMs`, stays in
   * the log and is flushed after the next start.
   */
  async close(limitMs = Number.POSITIVE_INFINITY): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#maintenance.stop();
    try {
      await this.#maintenance.flush(limitMs);
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'not everything could be moved to segments: the log keeps the rest');
    }
    await this.#wal.close();
    this.#storage.close();
  }

  #matching(tenant: TenantId, selectors: readonly (readonly Matcher[])[]): number[] {
    const groups = new Set<number>();
    for (const matchers of selectors) {
      for (const group of this.#catalogue.selector.groups(tenant, matchers)) groups.add(group);
    }
    return [...groups];
  }

  /** Ends the current log file; returns the number of the last one that ended. */
  #startWalFile(): number {
    this.#frame.startFile();
    return this.#wal.rotate();
  }

  #checkWalRoom(frameBytes: number): void {
    const { walBytes } = this.#storage.shares;
    if (this.#wal.sizeBytes + this.#wal.growth(frameBytes) + this.#tombstones.sizeBytes <= walBytes) return;
    this.#maintenance.tick();
    throw new DiskFullError(`the log has used its share of the disk budget, ${walBytes} bytes; try again soon`);
  }

  #openWal(): Wal {
    const { disk, clock, logger, fsync } = this.#options;
    const folder = path.join(this.#options.folder, 'wal');
    const files = replayLog({
      disk,
      folder,
      logger,
      groups: this.#groups,
      head: this.#head,
      frames: this.#frames,
      tombstones: this.#tombstones,
    });
    const wal = new Wal({
      folder,
      disk,
      clock,
      fsync,
      // A deletion covers files up to a number, so none of these may be used again.
      nextNumber: Math.max(files.at(-1)?.number ?? 0, this.#tombstones.lastWal) + 1,
      onSyncError: (error) => {
        logger.error({ err: error }, 'the write-ahead log could not be synced');
        this.#problems.set('sync', messageOf(error));
        this.#startWalFile();
        this.#maintenance.requireFlush();
      },
      onSync: () => this.#problems.clear('sync'),
    });
    for (const { number, sizeBytes } of files) wal.keep(number, sizeBytes);
    return wal;
  }
}
