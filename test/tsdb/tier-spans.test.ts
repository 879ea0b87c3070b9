/** Which tier answers which part of a range: a table of reaches, ranges and steps. Times in hours. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { tierSpans } from '../../src/tsdb/tier-spans.ts';

const HOUR_MS = 3_600_000;
const NONE = Number.POSITIVE_INFINITY;

interface Case {
  readonly what: string;
  /** Oldest raw sample; oldest bucket and end of the computed ones of both tiers. */
  readonly raw: number;
  readonly five: readonly [from: number, complete: number];
  readonly hours: readonly [from: number, complete: number];
  readonly range: readonly [from: number, to: number];
  readonly stepS: number;
  /** `tier from to`, tier as 0, 5 or 60 minutes. */
  readonly spans: readonly string[];
}

const CASES: readonly Case[] = [
  {
    what: 'nothing stored',
    raw: NONE,
    five: [NONE, 0],
    hours: [NONE, 0],
    range: [0, 10],
    stepS: 15,
    spans: ['0 0 10'],
  },
  { what: 'raw alone', raw: 5, five: [NONE, 0], hours: [NONE, 0], range: [0, 10], stepS: 3600, spans: ['0 0 10'] },
  { what: 'all reach as far', raw: 2.01, five: [2, 8], hours: [2, 8], range: [0, 10], stepS: 15, spans: ['0 0 10'] },
  {
    what: 'raw was recycled',
    raw: 6.01,
    five: [2, 9],
    hours: [2, 9],
    range: [0, 10],
    stepS: 15,
    spans: ['5 0 6.083', '0 6.083 10'],
  },
  {
    what: 'each tier reaches further',
    raw: 80,
    five: [50, 99],
    hours: [0, 99],
    range: [10, 100],
    stepS: 60,
    spans: ['60 10 50', '5 50 80', '0 80 100'],
  },
  {
    what: 'a step of minutes',
    raw: 80,
    five: [50, 99],
    hours: [50, 99],
    range: [60, 100],
    stepS: 600,
    spans: ['5 60 99', '0 99 100'],
  },
  {
    what: 'a step of hours',
    raw: 80,
    five: [50, 99.5],
    hours: [0, 99],
    range: [10, 100],
    stepS: 7200,
    spans: ['60 10 99', '5 99 99.5', '0 99.5 100'],
  },
  { what: 'an instant in raw', raw: 80, five: [50, 99], hours: [0, 99], range: [90, 90], stepS: 0, spans: ['0 90 90'] },
  {
    what: 'an instant long ago',
    raw: 80,
    five: [50, 99],
    hours: [0, 99],
    range: [20, 20],
    stepS: 0,
    spans: ['60 20 20'],
  },
  {
    what: 'an instant between',
    raw: 80,
    five: [50, 99],
    hours: [0, 99],
    range: [60, 60],
    stepS: 0,
    spans: ['5 60 60'],
  },
];

for (const { what, raw, five, hours, range, stepS, spans } of CASES) {
  test(`tiers: ${what}`, () => {
    const reach = ([from, complete]: readonly [number, number]) => ({
      fromMs: from * HOUR_MS,
      completeMs: complete * HOUR_MS,
    });
    const reaches = { raw: reach([raw, NONE]), fiveMinutes: reach(five), hours: reach(hours) };
    const found = tierSpans(reaches, range[0] * HOUR_MS, range[1] * HOUR_MS, stepS * 1000);
    const round = (ms: number) => Math.round((ms / HOUR_MS) * 1000) / 1000;
    assert.deepEqual(
      found.map(({ tierMs, fromMs, toMs }) => `${tierMs / 60_000} ${round(fromMs)} ${round(toMs)}`),
      spans,
    );
  });
}
