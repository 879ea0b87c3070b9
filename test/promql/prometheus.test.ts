// The same samples in a real Prometheus 2.x and in memory: every query must have the same answer, but for rounding.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serializeResult } from '../../src/promql/prometheus-json.ts';
import { evaluateInstant, evaluateRange } from '../../src/promql/query.ts';
import { MemorySource } from '../support/memory-source.ts';
import { hasPrometheus, type SampleSeries, startPrometheus } from '../support/prometheus.ts';
import { type Comparison, QUERIES } from './prometheus-queries.ts';

const SEED = 20_261_121;
const PORT = 22_511;
const START_MS = Date.UTC(2026, 9, 5, 6);
const HOURS = 3;
const STEP_MS = 600_000;

/** Mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Samples about every 15 s, never on a whole second, so that none falls on the edge of a window or of the look-back. */
function makeSeries(random: () => number): SampleSeries[] {
  const all: SampleSeries[] = [];
  const add = (labels: Record<string, string>, value: () => number, fromHour = 0, toHour = HOURS) => {
    const samples: [number, number][] = [];
    for (let at = fromHour * 3_600_000; at < toHour * 3_600_000; at += 15_000) {
      const next = value();
      // Now and then a poll is missed.
      if (random() < 0.02) continue;
      const jitter = Math.floor(random() * 4000);
      const timeMs = START_MS + at + jitter + (jitter % 1000 === 0 ? 1 : 0);
      samples.push([timeMs, next]);
    }
    const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
    all.push({ labels: pairs.flat(), samples });
  };
  const counter = (step: number, resets: number) => {
    let value = Math.floor(random() * 1e9) + 1e6;
    return () => {
      value = random() < resets ? Math.floor(random() * 50) : value + Math.floor(random() * step);
      return value;
    };
  };
  const walk = (start: number, step: number) => {
    let value = start;
    return () => {
      value += (random() - 0.5) * step + (start - value) * 0.01;
      return value;
    };
  };
  for (let h = 1; h <= 5; h++) {
    const host = `h${h}`;
    const site = ['north', 'south', 'east'][h % 3]!;
    const job = h < 4 ? 'api' : 'web';
    for (const code of ['200', '500']) {
      add({ __name__: 'requests_total', host, job, code }, counter(code === '200' ? 300 : 5, 0.004));
    }
    add({ __name__: 'octets', host, job }, counter(1e7, 0));
    add({ __name__: 'load', host, job }, walk(40, 3));
    add({ __name__: 'up', host, job }, () => (random() < 0.95 ? 1 : 0));
    add({ __name__: 'host_info', host, rack: `rack${h % 2}` }, () => 1);
    for (let r = 1; r <= 3; r++) {
      add({ __name__: 'temperature', host, site, room: `r${r}` }, walk(20 + r / 2 + h / 10, 0.4));
      add({ __name__: 'humidity', host, site, room: `r${r}` }, walk(45, 2));
    }
    const counts = [0, 0, 0, 0, 0];
    const bounds = ['0.1', '0.5', '1', '5', '+Inf'];
    bounds.forEach((le, i) => {
      add({ __name__: 'latency_bucket', host, job, le }, () => {
        counts[i]! += Math.floor(10 * (i + 1) + random() * 3);
        return counts[i]!;
      });
    });
    add({ __name__: 'latency_sum', host, job }, counter(1000, 0));
    add({ __name__: 'latency_count', host, job }, counter(100, 0));
  }
  add({ __name__: 'late', host: 'h1' }, walk(5, 1), 2, 2.5);
  return all;
}

interface Answer {
  status: string;
  error?: string;
  data: { resultType: string; result: unknown };
}

/** All samples of an answer by series, as text keys. */
function samplesOf({ data }: Answer): Map<string, Map<number, number>> {
  const out = new Map<string, Map<number, number>>();
  const put = (key: string, samples: [number, string][]) => {
    out.set(key, new Map(samples.map(([time, value]) => [time, Number(value.replace('Inf', 'Infinity'))])));
  };
  if (data.resultType === 'scalar') put('', [data.result as [number, string]]);
  else {
    for (const series of data.result as { metric: object; value?: [number, string]; values?: [number, string][] }[]) {
      put(JSON.stringify(Object.entries(series.metric).sort()), series.values ?? [series.value!]);
    }
  }
  return out;
}

function difference(theirs: Answer, ours: Answer, tolerance: number): string | undefined {
  if (theirs.data.resultType !== ours.data.resultType) return `${ours.data.resultType}, not ${theirs.data.resultType}`;
  const [expected, actual] = [samplesOf(theirs), samplesOf(ours)];
  for (const key of actual.keys()) if (!expected.has(key)) return `extra series ${key}`;
  for (const [key, samples] of expected) {
    const found = actual.get(key);
    if (!found) return `missing series ${key}`;
    if (found.size !== samples.size) return `${key}: ${found.size} samples, not ${samples.size}`;
    for (const [time, wanted] of samples) {
      const value = found.get(time);
      if (value === undefined) return `${key}: no sample at ${time}`;
      if (Object.is(value, wanted) || value === wanted) continue;
      const error = Math.abs(value - wanted) / Math.max(Math.abs(value), Math.abs(wanted));
      if (!(error <= tolerance)) return `${key} at ${time}: ${value}, not ${wanted} (relative error ${error})`;
    }
  }
  return undefined;
}

test('every query has the answer that Prometheus gives', { skip: !hasPrometheus() }, async (t) => {
  t.diagnostic(`seed ${SEED}, ${QUERIES.length} queries`);
  const series = makeSeries(randomOf(SEED));
  const source = new MemorySource();
  for (const { labels, samples } of series) source.add(labels, samples);
  await using prometheus = await startPrometheus(series, PORT);
  const common = { source, tenants: [1], limits: { maxSamples: 50_000_000, timeoutMs: 60_000 } };
  // Not multiples of any subquery's step: there a window that is closed on the left differs from one that is open.
  const startMs = START_MS + 3_600_000 + 7000;
  const endMs = START_MS + HOURS * 3_600_000 - 53_000;
  const timeMs = startMs + 4_200_000;
  const ask = async (kind: string, parameters: Record<string, string>) => {
    const body = new URLSearchParams(parameters);
    return (await (await fetch(`${prometheus.url}/api/v1/${kind}`, { method: 'POST', body })).json()) as Answer;
  };
  const decode = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as Answer;
  const compare = async ({ query, tolerance }: Comparison): Promise<string | undefined> => {
    const times = { start: String(startMs / 1000), end: String(endMs / 1000), step: String(STEP_MS / 1000) };
    const [instant, range] = await Promise.all([
      ask('query', { query, time: String(timeMs / 1000) }),
      ask('query_range', { query, ...times }),
    ]);
    assert.equal(instant.status, 'success', `${query}: ${instant.error}`);
    assert.equal(range.status, 'success', `${query}: ${range.error}`);
    const ourInstant = decode(serializeResult(await evaluateInstant({ ...common, query, timeMs })));
    const ourRange = decode(
      serializeResult(await evaluateRange({ ...common, query, startMs, endMs, stepMs: STEP_MS })),
    );
    const found = difference(instant, ourInstant, tolerance) ?? difference(range, ourRange, tolerance);
    return found && `${query}: ${found}`;
  };
  const problems: string[] = [];
  for (let i = 0; i < QUERIES.length; i += 8) {
    const found = await Promise.all(QUERIES.slice(i, i + 8).map(compare));
    problems.push(...found.filter((problem) => problem !== undefined));
  }
  assert.deepEqual(problems, []);
});
