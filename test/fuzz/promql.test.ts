// Random and mutated queries: nothing but a PromqlError may come out, and what parses must print and parse again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuery } from '../../src/promql/parse.ts';
import { print } from '../../src/promql/print.ts';
import { serializeResult } from '../../src/promql/prometheus-json.ts';
import { PromqlError } from '../../src/promql/promql-error.ts';
import { evaluateInstant, evaluateRange } from '../../src/promql/query.ts';
import { QUERIES } from '../promql/prometheus-queries.ts';
import { MemorySource } from '../support/memory-source.ts';

const COUNT = Number(process.env.TELLTALE_FUZZ ?? 1500);
const SEED = Number(process.env.TELLTALE_FUZZ_SEED ?? 20_261_121);

let state = SEED | 0;
function random(below: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

function pick<T>(list: readonly T[]): T {
  return list[random(list.length)]!;
}

const WORDS = [
  ...'( ) { } [ ] , : @ = == != =~ !~ < > <= >= </ >/ + - * / % ^ " \' ` # \\ _ . 0 1 5m 1h 1ms 1e400 0x1f 1_000 inf nan'.split(
    ' ',
  ),
  ...'and or unless atan2 by without on ignoring group_left group_right fill fill_left bool offset start() end()'.split(
    ' ',
  ),
  ...'step() range() min_of( max_of( anchored smoothed sum( topk(2, count_values("v", rate( temperature up load'.split(
    ' ',
  ),
  ...'histogram_quantile(0.9, label_replace( info( {le="1"} [5m] [5m:1m] offset \u00e9 \ud800 \u0000 \n "\\xff" "\\u00e9"'.split(
    ' ',
  ),
];

function mutate(query: string): string {
  let out = query;
  for (let edits = random(4) + 1; edits > 0; edits--) {
    const at = random(out.length + 1);
    const end = Math.min(out.length, at + random(6));
    switch (random(5)) {
      case 0:
        out = out.slice(0, at) + out.slice(end);
        break;
      case 1:
        out = out.slice(0, at) + pick(WORDS) + out.slice(at);
        break;
      case 2:
        out = `${out.slice(0, at)} ${pick(WORDS)} ${out.slice(end)}`;
        break;
      case 3:
        out = out.slice(0, at) + out.slice(at, end) + out.slice(at);
        break;
      default:
        out = out.slice(0, at) + String.fromCharCode(random(0x250)) + out.slice(end);
    }
  }
  return out;
}

function randomQuery(): string {
  if (random(6) === 0) return Array.from({ length: random(12) + 1 }, () => pick(WORDS)).join(pick(['', ' ', ' ']));
  const base = pick(QUERIES).query;
  const joined =
    random(3) === 0 ? `${base} ${pick(['+', 'and', 'or', '/ on (host)', '> bool'])} ${pick(QUERIES).query}` : base;
  return random(8) === 0 ? joined : mutate(joined);
}

const source = new MemorySource();
for (const name of [
  'temperature',
  'humidity',
  'up',
  'load',
  'requests_total',
  'octets',
  'latency_bucket',
  'host_info',
]) {
  for (const host of ['h1', 'h2', 'h3']) {
    const labels =
      name === 'latency_bucket' ? ['__name__', name, 'host', host, 'le', '1'] : ['__name__', name, 'host', host];
    const samples = Array.from({ length: 40 }, (_, i) => {
      const value = random(20) === 0 ? pick([undefined, Number.NaN, Number.POSITIVE_INFINITY, -0]) : random(1000) / 8;
      return [i * 15_000 + random(1000), value] as const;
    });
    source.add(labels, samples);
  }
}

/** Runs something that may fail, but only with a PromqlError. */
async function attempt<T>(query: string, run: () => Promise<T> | T): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof PromqlError) return undefined;
    throw new Error(`seed ${SEED}, query ${JSON.stringify(query)}`, { cause: error });
  }
}

test('no query makes anything but a PromqlError, and printed queries mean the same', async (t) => {
  t.diagnostic(`seed ${SEED}, ${COUNT} queries`);
  const common = { source, tenants: [1], limits: { maxSamples: 2_000_000, timeoutMs: 2000 } };
  let parsed = 0;
  for (let i = 0; i < COUNT; i++) {
    const query = randomQuery();
    const expr = await attempt(query, () => parseQuery(query));
    if (!expr) continue;
    parsed++;
    const printed = print(expr);
    assert.equal(print(parseQuery(printed)), printed, `seed ${SEED}, query ${JSON.stringify(query)}`);
    const instant = await attempt(query, () => evaluateInstant({ ...common, query, timeMs: 400_000 }));
    if (instant) JSON.parse(new TextDecoder().decode(serializeResult(instant)));
    const times = { startMs: 100_000, endMs: 500_000, stepMs: 40_000 };
    const range = await attempt(query, () => evaluateRange({ ...common, query, ...times }));
    if (range) JSON.parse(new TextDecoder().decode(serializeResult(range)));
  }
  assert.ok(parsed > COUNT / 20, `only ${parsed} of ${COUNT} queries parsed`);
});
