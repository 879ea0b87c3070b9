/** The real engine, on a disk in memory, as a target of PromQL scripts. Its clock stands far behind all their samples. */

import { MemoryDisk } from '../../src/lib/memory-disk.ts';
import type { SeriesSource } from '../../src/model/series.ts';
import { bitsOf, openEngine, putRow } from './engine-model.ts';
import type { ScriptTarget } from './promql-runner.ts';
import { SimulatedClock } from './simulated-clock.ts';

const NOW_MS = 1e11;
const STALE_BITS = 0x7ff0000000000002n;

function open() {
  const limits = { retentionRawMs: 1e12, retention5mMs: 1e12, retention1hMs: 1e12 };
  return openEngine(new MemoryDisk(), new SimulatedClock(NOW_MS), { limits });
}

/** A target and what ends it. */
export function engineTarget(): ScriptTarget & AsyncDisposable {
  let engine = open();
  const old: Promise<void>[] = [];
  return {
    get source(): SeriesSource {
      return engine;
    },
    clear() {
      old.push(engine.close());
      engine = open();
    },
    add(labels, samples) {
      const at = labels.indexOf('__name__');
      const tags = labels.filter((_, i) => i !== at && i !== at + 1);
      for (const [timeMs, value] of samples) {
        const bits = value === undefined ? STALE_BITS : bitsOf(value);
        putRow(engine, { tenant: 1, measurement: labels[at + 1]!, tags, timeMs, fields: new Map([['', bits]]) });
      }
      engine.commit();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...old, engine.close()]);
    },
  };
}
