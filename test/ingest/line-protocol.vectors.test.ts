/** All vectors of the shared conformance set. Values compared: numbers and booleans; strings are counted. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { FieldLayouts } from '../../src/ingest/field-layout.ts';
import { DEFAULT_INGEST_LIMITS } from '../../src/ingest/limits.ts';
import { type LinePrecision, LineProtocolParser } from '../../src/ingest/line-protocol.ts';
import { IngestTally } from '../../src/ingest/tally.ts';
import { MemorySink } from '../support/memory-sink.ts';

const file = path.resolve(import.meta.dirname, '../../../shared/material/lineprotocol/decode.jsonl');

interface Point {
  readonly time: number;
  readonly name: string;
  readonly tags: readonly { key: string; value: string }[];
  readonly fields: readonly { key: string; value: Record<string, number | string | boolean> }[];
}

interface Vector {
  readonly text: string | { readonly binary: string };
  readonly precision: string;
  readonly defaultTime: number;
  readonly error: boolean;
  readonly points: readonly Point[] | null;
}

const PRECISIONS: Readonly<Record<string, LinePrecision>> = { '1ns': 'ns', '1µs': 'us', '1ms': 'ms', '1s': 's' };

function parse(vector: Vector) {
  const body = typeof vector.text === 'string' ? Buffer.from(vector.text) : Buffer.from(vector.text.binary, 'base64');
  const bytes = Buffer.concat([body, Buffer.from('\n')]);
  const sink = new MemorySink();
  const tally = new IngestTally();
  const parser = new LineProtocolParser(sink, DEFAULT_INGEST_LIMITS, new FieldLayouts());
  parser.parse(1, bytes, 0, bytes.length, PRECISIONS[vector.precision]!, vector.defaultTime / 1e6, tally);
  sink.commit();
  return { sink, tally };
}

/** Our times are whole milliseconds. JSON lost the last digits of the vectors' nanoseconds, hence a microsecond of slack. */
function sameTime(timeMs: number, timeNs: number): boolean {
  return timeMs === Math.floor(timeNs / 1e6) || Math.abs(timeMs - timeNs / 1e6) < 1;
}

test('every vector is accepted or refused as marked, with the expected points', { skip: !fs.existsSync(file) }, () => {
  const vectors = fs
    .readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Vector);
  assert.equal(vectors.length, 3840);
  const wrong: unknown[] = [];
  for (const vector of vectors) {
    const { sink, tally } = parse(vector);
    if (tally.refusedRows > 0 !== vector.error) {
      wrong.push({ text: vector.text, error: vector.error, refusals: tally.refusals });
      continue;
    }
    if (vector.error) continue;
    const points = vector.points ?? [];
    assert.equal(tally.acceptedRows, points.length, JSON.stringify(vector.text));
    const strings = points.flatMap((p) => p.fields).filter((f) => 'string' in f.value).length;
    assert.equal(tally.skippedStrings, strings, JSON.stringify(vector.text));
    const numeric = points.filter((p) => p.fields.some((f) => !('string' in f.value)));
    assert.equal(sink.rows.length, numeric.length);
    numeric.forEach((point, i) => {
      const row = sink.rows[i]!;
      assert.equal(row.measurement, point.name);
      assert.deepEqual(row.tags, Object.fromEntries(point.tags.map((t) => [t.key, t.value])));
      const fields = point.fields.filter((f) => !('string' in f.value));
      const expected = Object.fromEntries(fields.map((f) => [f.key, Number(Object.values(f.value)[0]) + 0]));
      const actual = Object.fromEntries(Object.entries(row.fields).map(([name, value]) => [name, value + 0]));
      assert.deepEqual(actual, expected);
      assert.ok(sameTime(row.timeMs, point.time), `${row.timeMs} for ${point.time}`);
    });
  }
  assert.deepEqual(wrong, []);
});
