/**
 * Runs the usual kinds of queries over a few invented series, so that the evaluator is compiled before the first
 * dashboard or rule asks: a query that costs a millisecond costs several when its code has never run.
 */
import type { SampleBuffer, SeriesHandle, SeriesSource, TierBuffer, TierSpan } from '../model/series.ts';
import { evaluateInstant, evaluateRange } from '../promql/query.ts';
import { queryAnswer } from './prometheus-json.ts';

const SERIES = 16;
const SAMPLES = 120;
const STEP_MS = 10_000;
const END_MS = SAMPLES * STEP_MS;
const ROUNDS = 24;
const LIMITS = { maxSamples: 10_000_000, timeoutMs: 60_000 };

const INSTANT = [
  'load',
  'load{host="a"}[10m]',
  'max_over_time(load[1m]) > 10',
  'load > 10 and on (host) load < 90',
  'sum by (host) (rate(octets_total[5m]))',
  '100 * (1 - load / (load + 1))',
  'count(load offset 1m) or vector(0)',
  'absent_over_time(load[5m])',
];
const RANGE = [
  'rate(octets_total[2m])',
  'sum(rate(octets_total[2m]))',
  'topk(3, rate(octets_total[5m]))',
  'avg_over_time(load[5m])',
  'quantile_over_time(0.95, load[5m])',
  'max by (host) (load) * 2',
];

/** Series of which every value is known; buffers are made anew, as nobody keeps them long. */
class InventedSource implements SeriesSource {
  readonly #names = ['load', 'octets_total'];

  select({ matchers }: Parameters<SeriesSource['select']>[0]): readonly SeriesHandle[] {
    const name = matchers.find((matcher) => matcher.name === '__name__')?.value ?? this.#names[0]!;
    return Array.from({ length: SERIES }, (_, i) => ({
      labels: ['__name__', name, 'host', String.fromCharCode(97 + (i >> 1)), 'port', String(i)],
      intervalMs: STEP_MS,
      kind: name === 'load' ? 'gauge' : 'counter',
    }));
  }

  read(series: SeriesHandle, fromMs: number, toMs: number): SampleBuffer {
    const first = Math.max(0, Math.ceil(fromMs / STEP_MS));
    const count = Math.max(0, Math.min(SAMPLES, Math.floor(toMs / STEP_MS)) - first + 1);
    const times = Float64Array.from({ length: count }, (_, i) => (first + i) * STEP_MS);
    const values = times.map((ms) => (series.kind === 'counter' ? ms * 3 : (ms / 997) % 100));
    return { count, times, values, bits: new Uint32Array(values.buffer) };
  }

  readTier(): TierBuffer {
    const none = new Float64Array(0);
    return { count: 0, starts: none, min: none, max: none, sum: none, samples: none, last: none, increase: none };
  }

  tiers(fromMs: number, toMs: number): readonly TierSpan[] {
    return [{ tierMs: 0, fromMs, toMs }];
  }
}

/** Takes some tenths of a second of the thread in small pieces; `pause` lets others go first. */
export async function warmUp(pause: () => Promise<void>): Promise<void> {
  const common = { source: new InventedSource(), tenants: [0], limits: LIMITS, pause };
  const manners = { maxBytes: Number.POSITIVE_INFINITY, sizeSetting: '', due: () => false, rest: pause };
  for (let round = 0; round < ROUNDS; round++) {
    for (const query of INSTANT) {
      await queryAnswer(await evaluateInstant({ ...common, query, timeMs: END_MS }), 0, manners);
      await pause();
    }
    for (const query of RANGE) {
      const range = { startMs: END_MS - 600_000, endMs: END_MS, stepMs: 15_000 };
      await queryAnswer(await evaluateRange({ ...common, ...range, query }), 0, manners);
      await pause();
    }
  }
}
