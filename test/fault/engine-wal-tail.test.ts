/** Torn and damaged ends of the log: what is whole is read, what is not is said with file and offset. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { LogFields, Logger } from '../../src/lib/logger.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { bitsOf, EngineModel, type ModelRow, openEngine, putRow } from '../support/engine-model.ts';
import { FaultDisk } from '../support/fault-disk.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

const WAL = '/data/tsdb/wal/0000000001.wal';
const FRAMES = 4;

/** A log of some frames; the size of the file and what is stored after each. */
function writeLog(): { bytes: Uint8Array; ends: number[]; models: EngineModel[]; clock: SimulatedClock } {
  const disk = new FaultDisk();
  const clock = new SimulatedClock();
  const engine = openEngine(disk, clock);
  const rows: ModelRow[] = [];
  const ends: number[] = [16];
  const models: EngineModel[] = [new EngineModel()];
  for (let frame = 0; frame < FRAMES; frame++) {
    for (let i = 0; i < 3; i++) {
      const row = {
        tenant: 1,
        measurement: 'm',
        tags: ['host', `h${i}`],
        timeMs: clock.nowMs() + frame * 1000,
        fields: new Map([
          ['a', bitsOf(frame * 10 + i)],
          [`b${frame}`, bitsOf(i / 3)],
        ]),
      };
      putRow(engine, row);
      rows.push(row);
    }
    engine.commit();
    ends.push(disk.bytesOf(WAL).length);
    const model = new EngineModel();
    for (const row of rows) model.add(row);
    models.push(model);
  }
  return { bytes: disk.bytesOf(WAL).slice(), ends, models, clock };
}

function reopen(bytes: Uint8Array, clock: SimulatedClock, model: EngineModel, note: string): LogFields[] {
  const warnings: LogFields[] = [];
  const logger: Logger = { ...silentLogger, warn: (fields) => void warnings.push(fields) };
  const disk = new FaultDisk();
  disk.put(WAL, bytes);
  const engine = openEngine(disk, clock, { logger });
  model.check(engine, [1], 0, 8e15, note);
  return warnings;
}

test('a log that ends anywhere is read up to the last whole frame, and the rest is said', () => {
  const { bytes, ends, models, clock } = writeLog();
  for (let length = 16; length <= bytes.length; length++) {
    const whole = ends.findLastIndex((end) => end <= length);
    const warnings = reopen(bytes.subarray(0, length), clock, models[whole]!, `${length} bytes`);
    if (ends.includes(length)) assert.deepEqual(warnings, []);
    else {
      assert.equal(warnings.length, 1);
      const { file, offset, sizeBytes } = warnings[0]!;
      assert.deepEqual(
        { file, offset, sizeBytes },
        { file: '0000000001.wal', offset: ends[whole], sizeBytes: length - ends[whole]! },
      );
    }
  }
});

test('a byte of the log that changed ends the reading before its frame', () => {
  const { bytes, ends, models, clock } = writeLog();
  for (let at = 16; at < bytes.length; at += 5) {
    const damaged = bytes.slice();
    damaged[at]! ^= 0x10;
    const whole = ends.findLastIndex((end) => end <= at);
    const warnings = reopen(damaged, clock, models[whole]!, `byte ${at}`);
    assert.equal(warnings[0]?.offset, ends[whole]);
  }
});

test('after a torn end new rows go on, and another start finds them all', () => {
  const { bytes, models, clock } = writeLog();
  const disk = new FaultDisk();
  disk.put(WAL, bytes.subarray(0, bytes.length - 3));
  const model = models[FRAMES - 1]!;
  for (let round = 0; round < 3; round++) {
    const engine = openEngine(disk, clock);
    model.check(engine, [1], 0, 8e15, `round ${round}`);
    const row = {
      tenant: 1,
      measurement: 'm',
      tags: ['host', 'h0'],
      timeMs: clock.nowMs() + 60_000 + round,
      fields: new Map([['a', bitsOf(round)]]),
    };
    putRow(engine, row);
    engine.commit();
    model.add(row);
  }
});
