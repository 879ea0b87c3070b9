/**
 * Large buffers that are used again. A megabyte that is allocated for every request costs page faults and, because it
 * counts as external memory, a full garbage collection every few requests.
 */
const SMALLEST_BYTES = 64 << 10;
const LARGEST_BYTES = 8 << 20;
const KEPT_BYTES = 32 << 20;

export class BufferPool {
  /** Free buffers by size, which is a power of two. */
  readonly #free = new Map<number, ArrayBuffer[]>();
  #keptBytes = 0;

  /** A buffer of at least `sizeBytes` with anything in it. */
  take(sizeBytes: number): ArrayBuffer {
    if (sizeBytes < SMALLEST_BYTES || sizeBytes > LARGEST_BYTES) return allocate(sizeBytes);
    const size = 2 ** Math.ceil(Math.log2(sizeBytes));
    const kept = this.#free.get(size)?.pop();
    if (!kept) return allocate(size);
    this.#keptBytes -= size;
    return kept;
  }

  /** Takes a buffer back that nobody uses any more; others than our own sizes are dropped. */
  give(buffer: ArrayBuffer): void {
    const size = buffer.byteLength;
    if (!isPooled(size) || this.#keptBytes + size > KEPT_BYTES) return;
    const free = this.#free.get(size);
    if (free) free.push(buffer);
    else this.#free.set(size, [buffer]);
    this.#keptBytes += size;
  }
}

/** Whether buffers of this size come back into a pool. */
export function isPooled(sizeBytes: number): boolean {
  return sizeBytes >= SMALLEST_BYTES && sizeBytes <= LARGEST_BYTES && (sizeBytes & (sizeBytes - 1)) === 0;
}

function allocate(sizeBytes: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(sizeBytes).buffer as ArrayBuffer;
}
