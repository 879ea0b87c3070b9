/**
 * Keeps the resident memory of the process near what it uses. Linux with glibc only; elsewhere the system does this
 * well enough by itself. Faults tolerated: where a function or file of the system is missing, nothing is done.
 */
import fs from 'node:fs';

/** Between two returns of freed memory. */
const TRIM_EVERY_MS = 5_000;
/** After this long the start is over. */
const STARTED_MS = 1_500;

const M_TRIM_THRESHOLD = -1;
const M_MMAP_THRESHOLD = -3;
const MADV_DONTNEED = 4;
/** What is larger is mapped, and so goes back to the system as soon as it is freed. */
const MAPPED_BYTES = 1 << 20;
const KEPT_FREE_BYTES = 256 << 10;

interface Allocator {
  setThresholds(): void;
  /** Gives free pages of all arenas back; runs beside the event loop. */
  trim(): Promise<void>;
  /** Takes clean pages of a file out of the process; they come back when they are touched. */
  drop(address: bigint, sizeBytes: number): void;
}

/**
 * Works until the signal.
 *
 * glibc raises its thresholds to the largest block that was ever freed, and keeps the free memory of every thread's arena:
 * each pool thread that once hashed a password (19 MiB) would keep that much for good. And the start touches some
 * 60 MiB of the executable that are not needed again.
 */
export async function keepMemorySmall(signal: AbortSignal): Promise<void> {
  if (process.platform !== 'linux') return;
  const allocator = await loadAllocator();
  if (!allocator || signal.aborted) return;
  allocator.setThresholds();
  let isTrimming = false;
  const trim = () => {
    if (isTrimming) return;
    isTrimming = true;
    void allocator.trim().finally(() => {
      isTrimming = false;
    });
  };
  const started = setTimeout(() => {
    trim();
    for (const { address, sizeBytes } of cleanMappings(fs.readFileSync('/proc/self/smaps', 'utf8'), process.execPath)) {
      allocator.drop(address, sizeBytes);
    }
  }, STARTED_MS);
  const trims = setInterval(trim, TRIM_EVERY_MS);
  signal.addEventListener('abort', () => {
    clearTimeout(started);
    clearInterval(trims);
  });
}

async function loadAllocator(): Promise<Allocator | undefined> {
  const library = (await import('koffi')).default.load(null);
  try {
    const mallopt = library.func('int mallopt(int parameter, int value)');
    const trim = library.func('int malloc_trim(size_t pad)');
    const madvise = library.func('int madvise(uintptr_t address, size_t length, int advice)');
    return {
      setThresholds() {
        mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
        mallopt(M_TRIM_THRESHOLD, KEPT_FREE_BYTES);
      },
      trim: () => new Promise((resolve) => trim.async(0, () => resolve())),
      drop: (address, sizeBytes) => void madvise(address, sizeBytes, MADV_DONTNEED),
    };
  } catch {
    return undefined; // musl
  }
}

export interface Mapping {
  readonly address: bigint;
  readonly sizeBytes: number;
}

/**
 * The mappings of a file that cannot be written and of which no page was ever changed (relocated constants are), from the
 * text of `/proc/self/smaps` (proc(5)).
 */
export function cleanMappings(smaps: string, file: string): Mapping[] {
  const found: Mapping[] = [];
  for (const [, from, to, rights, name, fields] of smaps.matchAll(
    /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)\n((?:[A-Z]\w+:.*\n?)*)/gm,
  )) {
    if (name !== file || !/^r-[x-]p$/.test(rights!) || !/^Anonymous: +0 kB$/m.test(fields!)) continue;
    found.push({ address: BigInt(`0x${from}`), sizeBytes: Number(BigInt(`0x${to}`) - BigInt(`0x${from}`)) });
  }
  return found;
}
