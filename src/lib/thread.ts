/**
 * Starts the other threads, from sources and from inside the single executable alike. A thread's module is named here
 * and nowhere else; `build.ts` bundles each of them.
 */
import { Worker, type WorkerOptions } from 'node:worker_threads';

export const THREADS = {
  store: 'src/store/thread.ts',
  collect: 'src/collector/thread.ts',
  demo: 'src/demo/thread.ts',
} as const;
export type ThreadName = keyof typeof THREADS;

type BundledThread = (name: ThreadName) => string;
let bundled: BundledThread | undefined;

/** Called once by the executable's entry: gives the source text of each bundled thread. */
export function setBundledThreads(source: BundledThread): void {
  bundled = source;
}

/** Starts a thread. Its module reads `workerData` and speaks through `parentPort`. */
export function startThread(name: ThreadName, options: WorkerOptions): Worker {
  const named = { ...options, name };
  if (bundled) return new Worker(bundled(name), { ...named, eval: true });
  return new Worker(new URL(`../../${THREADS[name]}`, import.meta.url), named);
}
