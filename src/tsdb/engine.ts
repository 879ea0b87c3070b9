/**
 * The time-series engine: rows in (`RowSink`), series out (`SeriesSource`). Everything here runs in one thread, with
 * synchronous file calls and asynchronous fsync; what takes long is done in small steps by `tick`.
 *
 * A row is encoded for the log at once, written to the file by `commit` together with its neighbours, and put into the
 * head from the very bytes that were written: live rows and a replay after a crash take the same way.
 */
import path from 'node:path';
import type { Clock } from '../lib/clock.ts';
import type { Disk } from '../lib/disk.ts';
import type { Logger } from '../lib/logger.ts';
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
import { BlockReader } from './block-reader.ts';
import { Catalogue, type IdentityRequest } from './catalogue.ts';
import { DecodedCache } from './decoded-cache.ts';
import { FileNumbers } from './file-numbers.ts';
import { openFolder } from './folder.ts';
import { FrameReader } from './frame-reader.ts';
import { GroupTable } from './group-table.ts';
import { Head } from './head.ts';
import type { JoinedLabelsEntry } from './joined-labels.ts';
import { DEFAULT_LIMITS, type EngineLimits, settingOf } from './limits.ts';
import { SegmentSet } from './segment-set.ts';
import type { Series } from './series.ts';
import { SeriesReader } from './series-reader.ts';
import { STALE_HIGH, STALE_LOW } from './stale.ts';
import { TimeBounds } from './time-bounds.ts';
import { Wal, walPath } from './wal.ts';
import { WalFrame } from './wal-frame.ts';
import { replayFile, walNumbers } from './wal-replay.ts';

export interface EngineOptions {
  /** `tsdb/` of the data folder; made if missing. */
  readonly folder: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ceiling of everything in the folder. */
  readonly budgetBytes: number;
  readonly limits?: Partial<EngineLimits>;
  readonly fsync: 'group' | 'always';
  /** Memory for decoded blocks. */
  readonly cacheBytes?: number;
}

export interface EngineHealth {
  readonly status: 'ok' | 'degraded' | 'down';
  readonly problems: readonly string[];
}

const DEFAULT_CACHE_BYTES = 48 * 2 ** 20;

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
  readonly #raw = new SegmentSet();
  readonly #reader: SeriesReader;
  readonly #wal: Wal;
  readonly #problems = new Set<string>();
  #nowMs: number;
  #input: Float64Array = new Float64Array(0);
  #halves: Int32Array = new Int32Array(0);

  private constructor(options: EngineOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#nowMs = options.clock.nowMs();
    this.#groups = new GroupTable(this.#limits);
    this.#head = new Head(this.#groups, this.#bounds);
    this.#frame = new WalFrame(this.#groups, this.#head.open);
    this.#frames = new FrameReader(this.#head);
    const { open } = this.#head;
    this.#catalogue = new Catalogue(this.#groups, this.#limits, (group, fromMs, toMs) => {
      if (open.rows(group) > 0 && open.oldestMs(group) <= toMs && open.newestMs(group) >= fromMs) return true;
      return this.#bounds.overlaps(group, fromMs, toMs);
    });
    const cache = new DecodedCache(options.cacheBytes ?? DEFAULT_CACHE_BYTES);
    this.#reader = new SeriesReader(this.#head, this.#raw, new BlockReader(cache));
    openFolder(options.disk, options.folder);
    this.#wal = this.#openWal();
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
    if (timeMs > this.#nowMs + this.#limits.maxAheadMs) return ROW_REFUSAL.tooFarAhead;
    if (!(timeMs >= this.#nowMs - this.#limits.retentionRawMs)) return ROW_REFUSAL.tooOld;
    if (count === 0) return ROW_REFUSAL.none;
    if (values !== this.#input) {
      this.#input = values;
      this.#halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    }
    this.#frame.row(group, timeMs, columns, this.#halves, count);
    return ROW_REFUSAL.none;
  }

  explain(refusal: RowRefusal): string {
    const limits = this.#limits;
    if (refusal === ROW_REFUSAL.tooFarAhead) {
      const seconds = limits.maxAheadMs / 1000;
      return `the timestamp is more than ${seconds} s ahead of the server's clock (setting ${settingOf('maxAheadMs')})`;
    }
    if (refusal === ROW_REFUSAL.tooOld) {
      const hours = limits.retentionRawMs / 3_600_000;
      return `the timestamp is older than raw samples are kept, ${hours} h (setting ${settingOf('retentionRawMs')})`;
    }
    return 'the row was refused';
  }

  commit(): void {
    this.#nowMs = this.#options.clock.nowMs();
    const frame = this.#frame;
    if (frame.isEmpty) return;
    try {
      this.#wal.write(frame.words, frame.length);
      this.#frames.apply(frame.words, frame.length);
    } catch (error) {
      this.#startWalFile();
      throw error;
    } finally {
      frame.startFrame();
    }
  }

  /** Resolves once all committed rows are on the disk. @throws WalError */
  durable(): Promise<void> {
    return this.#wal.durable();
  }

  select(request: SelectRequest): readonly SeriesHandle[] {
    return this.#catalogue.select(request);
  }

  read(series: SeriesHandle, fromMs: number, toMs: number): SampleBuffer {
    const { group, column } = series as Series;
    return this.#reader.read(group, column, fromMs, toMs);
  }

  readTier(_series: SeriesHandle, _tierMs: TierMs, _fromMs: number, _toMs: number): TierBuffer {
    const none = new Float64Array(0);
    return { count: 0, starts: none, min: none, max: none, sum: none, samples: none, last: none, increase: none };
  }

  tiers(fromMs: number, toMs: number, _stepMs: number): readonly TierSpan[] {
    return [{ tierMs: 0, fromMs, toMs }];
  }

  /** Label sets of series that match any of the selectors. */
  seriesIdentities(request: IdentityRequest): LabelPairs[] {
    return this.#catalogue.identities(request);
  }

  labelNames(request: IdentityRequest): string[] {
    return this.#catalogue.labelNames(request);
  }

  labelValues(name: string, request: IdentityRequest): string[] {
    return this.#catalogue.labelValues(name, request);
  }

  /** Metric names that the tenants have, with what was declared about each. */
  *metadata(tenants: readonly TenantId[]): IterableIterator<FieldMetadata & { readonly name: string }> {
    for (const { name, measurement, field } of this.#catalogue.metrics(tenants)) {
      const declared = this.#catalogue.declarations.field(measurement, field);
      yield declared ? { name, ...declared } : { name, measurement, field, kind: 'unknown', unit: '', help: '' };
    }
  }

  /** Ends the matching series at a time: writes a stale marker into each of their row groups' fields. */
  endSeries(tenant: TenantId, selectors: readonly (readonly Matcher[])[], atMs: number): number {
    const groups = this.#matching(tenant, selectors);
    for (const group of groups) {
      const width = this.#groups.width(group);
      const columns = Uint16Array.from({ length: width }, (_, column) => column);
      const halves = new Int32Array(2 * width);
      for (let c = 0; c < width; c++) {
        halves[2 * c] = STALE_LOW;
        halves[2 * c + 1] = STALE_HIGH;
      }
      // Behind the newest row, or the series would go on after its end.
      const newestMs = Math.max(this.#head.newestMs(group), this.#bounds.maxMs(group));
      if (width > 0) this.#frame.row(group, Math.max(Math.floor(atMs), newestMs + 1), columns, halves, width);
    }
    this.commit();
    return groups.length;
  }

  declareFields(fields: readonly FieldMetadata[]): void {
    if (this.#catalogue.declarations.declareFields(fields)) this.#catalogue.forgetHandles();
  }

  declareInterval(tenant: TenantId, monitorId: string, intervalMs: number): void {
    this.#catalogue.declarations.declareInterval(tenant, monitorId, intervalMs);
  }

  joinLabels(entries: readonly JoinedLabelsEntry[]): void {
    this.#catalogue.join(entries);
  }

  health(): EngineHealth {
    return { status: this.#problems.size > 0 ? 'degraded' : 'ok', problems: [...this.#problems] };
  }

  /** Does what is due, for about this long; returns whether more is due at once. */
  tick(_budgetMs: number): boolean {
    this.#nowMs = this.#options.clock.nowMs();
    return false;
  }

  /** Syncs and closes all files. */
  async close(): Promise<void> {
    await this.#wal.close();
  }

  #matching(tenant: TenantId, selectors: readonly (readonly Matcher[])[]): number[] {
    const groups = new Set<number>();
    for (const matchers of selectors) {
      for (const group of this.#catalogue.selector.groups(tenant, matchers)) groups.add(group);
    }
    return [...groups];
  }

  #startWalFile(): void {
    this.#wal.rotate();
    this.#frame.startFile();
  }

  #openWal(): Wal {
    const { disk, clock, logger, fsync } = this.#options;
    const folder = path.join(this.#options.folder, 'wal');
    const numbers = walNumbers(disk, folder);
    const wal = new Wal({
      folder,
      disk,
      clock,
      fsync,
      nextNumber: (numbers.at(-1) ?? 0) + 1,
      onSyncError: (error) => {
        this.#problems.add('the write-ahead log could not be synced');
        logger.error({ err: error }, 'the write-ahead log could not be synced');
      },
    });
    for (const number of numbers) {
      const file = walPath(folder, number);
      const names = new FileNumbers(this.#groups, () => false);
      const dropped = replayFile(disk, file, (words, length) => this.#frames.apply(words, length, names));
      this.#frames.endFile();
      wal.keep(number, disk.sizeOf(file));
      if (dropped) logger.warn({ ...dropped }, 'the end of a write-ahead log file could not be read and was dropped');
    }
    return wal;
  }
}
