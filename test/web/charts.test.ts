// The data of moving charts: grids, stitching, names, axes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeTexts, valueRange, valueSteps } from '../../web/charts/axes.ts';
import { type Frame, fetchStart, type MatrixSeries, stitch, summarize } from '../../web/charts/frame.ts';
import { chooseStep, fixedRangeText, parseRange, rangeSeconds, windowOf } from '../../web/charts/range.ts';
import { distinctNames } from '../../web/charts/series-names.ts';
import { sparkPaths } from '../../web/charts/sparkline.ts';
import { forDevice } from '../../web/pages/device/chart-families.ts';
import { intervalsOf } from '../../web/pages/device/intervals.ts';

const series = (name: string, values: readonly (readonly [number, string])[]): MatrixSeries => ({
  metric: { __name__: name },
  values,
});

test('a first answer fills the grid, and what is missing is a gap', () => {
  const frame = stitch(undefined, { startS: 100, endS: 140, stepS: 10 }, 100, [
    series('a', [
      [100, '1'],
      [120, '3'],
      [140, 'NaN'],
    ]),
  ]);
  assert.equal(frame.size, 5);
  assert.deepEqual(frame.columns[0]?.values, [1, null, 3, null, null]);
});

test('a refresh moves old values along, takes newer ones over them, and keeps series that have ended', () => {
  const first = stitch(undefined, { startS: 0, endS: 40, stepS: 10 }, 0, [
    series('a', [
      [0, '0'],
      [10, '1'],
      [20, '2'],
      [30, '3'],
      [40, '4'],
    ]),
    series('ended', [[10, '7']]),
  ]);
  const second = stitch(first, { startS: 10, endS: 50, stepS: 10 }, 30, [
    series('a', [
      [30, '33'],
      [40, '44'],
      [50, '55'],
    ]),
    series('new', [[50, '9']]),
  ]);
  assert.deepEqual(
    second.columns.map((column) => column.values),
    [
      [1, 2, 33, 44, 55],
      [7, null, null, null, null],
      [null, null, null, null, 9],
    ],
  );
  const third = stitch(second, { startS: 20, endS: 60, stepS: 10 }, 40, []);
  assert.deepEqual(
    third.columns.map((column) => column.values),
    [[2, 33, null, null, null]],
    'a value that is no longer answered is gone, and so is a series without any',
  );
});

test('stitched frames are what one whole answer would have been', () => {
  const values = (fromS: number, toS: number): MatrixSeries[] => {
    const points: [number, string][] = [];
    for (let s = fromS; s <= toS; s += 10) if (s % 70 !== 0) points.push([s, String(Math.sin(s))]);
    return [series('a', points)];
  };
  let moving: Frame | undefined;
  for (let endS = 300; endS <= 2000; endS += 30) {
    const grid = { startS: endS - 300, endS, stepS: 10 };
    const fromS = fetchStart(moving, grid.startS, grid.stepS);
    moving = stitch(moving, grid, fromS, values(fromS, endS));
    assert.deepEqual(moving, stitch(undefined, grid, grid.startS, values(grid.startS, endS)));
  }
});

test('only the newest part is asked again, unless the grid has changed', () => {
  const frame: Frame = { startS: 0, stepS: 10, size: 100, columns: [] };
  assert.equal(fetchStart(frame, 10, 10), 930);
  assert.equal(fetchStart(frame, 10, 20), 10, 'another step');
  assert.equal(fetchStart({ ...frame, startS: 500 }, 10, 10), 10, 'an earlier start');
  assert.equal(fetchStart(undefined, 10, 10), 10);
  assert.equal(fetchStart(frame, 980, 10), 980);
});

test('the step follows the width, is never finer than the data, and meets the tiers', () => {
  assert.equal(chooseStep(3600, 720, 10), 10);
  assert.equal(chooseStep(900, 1000, 60), 60);
  assert.equal(chooseStep(86_400, 600, 10), 300);
  assert.equal(chooseStep(2_592_000, 600, 10), 10_800);
});

test('ranges are read from the address, and nonsense is the default', () => {
  assert.deepEqual(parseRange('24h'), { kind: 'last', seconds: 86_400 });
  assert.deepEqual(parseRange('1763712000-1763715600'), { kind: 'fixed', fromS: 1_763_712_000, toS: 1_763_715_600 });
  assert.equal(rangeSeconds(parseRange('1763715600-1763712000')), 3600);
  assert.equal(rangeSeconds(parseRange('<script>')), 3600);
  assert.equal(fixedRangeText(1_763_712_000.4, 1_763_712_001.2), '1763712000-1763712030');
});

test('both ends of a window lie on the grid', () => {
  assert.deepEqual(windowOf({ kind: 'last', seconds: 900 }, 1007, 10), { startS: 100, endS: 1000 });
});

test('series are named by what tells them apart', () => {
  const common = { __name__: 'x', device_id: '7', device: 'sw', monitor_id: '3' };
  assert.deepEqual(
    distinctNames([
      { ...common, ifname: 'a' },
      { ...common, ifname: 'b' },
    ]),
    ['a', 'b'],
  );
  assert.deepEqual(
    distinctNames([
      { device: 'sw', device_id: '1', address: '10.0.0.1' },
      { device: 'sw', device_id: '2', address: '10.0.0.2' },
    ]),
    ['10.0.0.1 · 1', '10.0.0.2 · 2'],
    'two devices of one name are told apart by the rest',
  );
  assert.deepEqual(distinctNames([{ __name__: 'up' }, { __name__: 'down' }]), ['up', 'down']);
  assert.deepEqual(distinctNames([{}]), ['value']);
});

test('a summary is made of the values that are there', () => {
  assert.deepEqual(summarize([null, 1, 3, null]), { min: 1, max: 3, mean: 2, last: 3 });
  assert.equal(summarize([null]), undefined);
});

test('the value axis begins at zero unless it floats, and keeps given ends', () => {
  assert.deepEqual(valueRange(10, 50, {}), [0, 54]);
  assert.deepEqual(valueRange(null, null, {}), [0, 1]);
  assert.deepEqual(valueRange(20, 30, { min: 0, max: 100 }), [0, 100]);
  const [low, high] = valueRange(40, 50, { isFloating: true });
  assert.ok(low > 38 && low < 40 && high > 50 && high < 52);
  assert.ok(valueRange(-10, 0, {})[0] < -10);
  assert.ok(valueSteps('bytes').includes(1024));
});

test('the time axis names the day where it begins', () => {
  const midnight = new Date(2026, 10, 21).getTime() / 1000;
  assert.deepEqual(timeTexts([midnight - 3600, midnight, midnight + 3600], 3600), ['23:00', '21 Nov', '01:00']);
  assert.deepEqual(timeTexts([midnight], 86_400), ['21 Nov']);
});

test('a sparkline breaks at gaps', () => {
  const { line, area } = sparkPaths([0, 10, null, 5], { width: 30, height: 12 });
  assert.equal(line, 'M0.0 11.0L10.0 1.0M30.0 6.0');
  assert.equal(area, 'M0.0 12L0.0 11.0L10.0 1.0L10.0 12ZM30.0 12L30.0 6.0L30.0 12Z');
});

test('the selector of the device is put into its charts', () => {
  assert.equal(forDevice('avg_over_time(a#[$w])', 7), 'avg_over_time(a{device_id="7"}[$w])');
  assert.equal(forDevice('b{class="fan",#}', 7), 'b{class="fan",device_id="7"}');
});

test('how often a metric arrives is measured by its samples', () => {
  const at = (...times: number[]) => times.map((time): [number, string] => [time, '1']);
  const answer = { data: { result: [series('a', at(0, 30, 61, 90)), series('a', at(0)), series('b', at(5))] } };
  assert.deepEqual(
    [...intervalsOf(answer)],
    [
      ['a', 30],
      ['b', 300],
    ],
  );
});
