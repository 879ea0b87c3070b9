/**
 * Decoded columns of blocks, newest use last, under a limit of bytes. A column without holes shares the times of its
 * block with its neighbours.
 */

/** What a kept column costs beside its numbers: objects, array headers, its place in the map. */
const COLUMN_BYTES = 320;

export interface DecodedColumn {
  readonly count: number;
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Whether nobody else has these times: they count as the column's own memory. */
  readonly ownsTimes: boolean;
}

/** A column of open rows, as far as it was read. Grows with the rows. */
export interface OpenColumn extends DecodedColumn {
  count: number;
  /** The chunk that the rows belong to, and how many of its rows are in. */
  readonly chunk: number;
  rows: number;
  readonly halves: Int32Array;
}

/** What belongs to one holder of blocks (a segment, a generation of the head): dropped with it. */
export class CacheScope {
  readonly columns = new Map<number, DecodedColumn>();
  readonly times = new Map<number, Float64Array>();
  sizeBytes = 0;
}

/**
 * Two halves: what is used moves into the younger one; when that is full the older one is dropped. Nearly as good as
 * least recently used, at the price of one look-up.
 */
export class DecodedCache {
  readonly #limitBytes: number;
  #young = new Map<object, CacheScope>();
  #old = new Map<object, CacheScope>();
  #youngBytes = 0;
  #oldBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get sizeBytes(): number {
    return this.#youngBytes + this.#oldBytes;
  }

  column(owner: object, block: number, column: number): DecodedColumn | undefined {
    const key = block * 65_536 + column;
    const young = this.#young.get(owner)?.columns.get(key);
    if (young) return young;
    const old = this.#old.get(owner)?.columns.get(key);
    if (old) this.#add(owner, key, old);
    return old;
  }

  addColumn(owner: object, block: number, column: number, decoded: DecodedColumn): void {
    this.#add(owner, block * 65_536 + column, decoded);
  }

  times(owner: object, block: number): Float64Array | undefined {
    return this.#young.get(owner)?.times.get(block) ?? this.#old.get(owner)?.times.get(block);
  }

  addTimes(owner: object, block: number, times: Float64Array): void {
    const scope = this.#scope(owner);
    scope.times.set(block, times);
    scope.sizeBytes += times.byteLength;
    this.#youngBytes += times.byteLength;
    this.#turn();
  }

  /** Forgets everything of an owner. */
  drop(owner: object): void {
    this.#youngBytes -= this.#young.get(owner)?.sizeBytes ?? 0;
    this.#oldBytes -= this.#old.get(owner)?.sizeBytes ?? 0;
    this.#young.delete(owner);
    this.#old.delete(owner);
  }

  #add(owner: object, key: number, decoded: DecodedColumn): void {
    const scope = this.#scope(owner);
    const size = decoded.values.byteLength + (decoded.ownsTimes ? decoded.times.byteLength : 0) + COLUMN_BYTES;
    scope.columns.set(key, decoded);
    scope.sizeBytes += size;
    this.#youngBytes += size;
    this.#turn();
  }

  #scope(owner: object): CacheScope {
    let scope = this.#young.get(owner);
    if (!scope) {
      scope = new CacheScope();
      this.#young.set(owner, scope);
    }
    return scope;
  }

  #turn(): void {
    if (this.#youngBytes * 2 <= this.#limitBytes) return;
    this.#old = this.#young;
    this.#oldBytes = this.#youngBytes;
    this.#young = new Map();
    this.#youngBytes = 0;
  }
}
