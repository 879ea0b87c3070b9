/**
 * Puts runs of rows of one row group together, in order of precedence: at the same time the later run wins, field by
 * field. Runs that follow each other in time, which is the rule, are decoded straight into the result.
 */
import { decodeColumn, decodeTimes } from './encoding/block.ts';
import type { MemoryBlocks } from './memory-blocks.ts';
import { RunBuffer } from './run-buffer.ts';
import { columnIn, type OpenSegment } from './segment-set.ts';

/** Decodes times and a column of ours; returns how many values are present, as `decodeColumn` does. */
interface Piece {
  readonly rows: number;
  readonly minMs: number;
  readTimes(times: Float64Array): void;
  readColumn(column: number, values: Float64Array, present: Uint8Array): number;
}

export class RunMerger {
  #result = new RunBuffer();
  #spare = new RunBuffer();
  readonly #piece = new RunBuffer();
  #width = 0;
  #most = 0;

  /** What was put together since `begin`. Valid until the next call. */
  get result(): RunBuffer {
    return this.#result;
  }

  /** Begins anew, for at most this many rows in all. */
  begin(rows: number, width: number): void {
    this.#result.reset(rows, width);
    this.#width = width;
    this.#most = rows;
  }

  addMemory(blocks: MemoryBlocks, block: number): void {
    const bytes = blocks.bytes(block);
    const offset = blocks.offset(block);
    this.#add({
      rows: blocks.rows(block),
      minMs: blocks.minMs(block),
      readTimes: (times) => void decodeTimes(bytes, offset, times),
      readColumn: (column, values, present) => decodeColumn(bytes, offset, column, values, present),
    });
  }

  /** @throws SegmentDamage */
  addSegment(segment: OpenSegment, index: number, block: number): void {
    const { source } = segment;
    const rows = source.blockRows(block);
    this.#add({
      rows,
      minMs: source.blockMinMs(block),
      readTimes: (times) => times.set(source.readTimes(block).subarray(0, rows)),
      readColumn: (column, values, present) => {
        const own = columnIn(segment, index, column);
        return own < 0 ? 0 : source.readColumn(block, own, values, present);
      },
    });
  }

  /** Adds rows that stand in another buffer. */
  addRun(run: RunBuffer): void {
    if (run.count === 0) return;
    if (this.#follows(run.times[0]!)) this.#append(run);
    else this.#merge(run);
  }

  #add(piece: Piece): void {
    if (!this.#follows(piece.minMs)) {
      this.#piece.reset(piece.rows, this.#width);
      decodeInto(this.#piece, piece, this.#width);
      this.#merge(this.#piece);
      return;
    }
    decodeInto(this.#result, piece, this.#width);
  }

  #follows(minMs: number): boolean {
    const { count, times } = this.#result;
    return count === 0 || minMs > times[count - 1]!;
  }

  #append(run: RunBuffer): void {
    const result = this.#result;
    const at = result.count;
    const rows = run.count;
    result.times.set(run.times.subarray(0, rows), at);
    for (let c = 0; c < this.#width; c++) {
      const own = run.columns[c];
      if (own) result.columns[c]!.set(own.subarray(0, rows), at);
      const present = own ? run.present[c] : undefined;
      if (present) result.presence(c, at).set(present.subarray(0, rows), at);
      else if (!own) result.presence(c, at).fill(0, at, at + rows);
      else result.present[c]?.fill(1, at, at + rows);
    }
    result.count = at + rows;
  }

  #merge(run: RunBuffer): void {
    const a = this.#result;
    const out = this.#spare;
    out.reset(this.#most, this.#width);
    const present = Array.from({ length: this.#width }, (_, c) => out.room(c));
    let n = 0;
    for (let i = 0, k = 0; i < a.count || k < run.count; n++) {
      const aMs = i < a.count ? a.times[i]! : Number.POSITIVE_INFINITY;
      const bMs = k < run.count ? run.times[k]! : Number.POSITIVE_INFINITY;
      out.times[n] = Math.min(aMs, bMs);
      for (let c = 0; c < this.#width; c++) {
        const fromRun = bMs <= aMs && c < run.columns.length && (run.present[c]?.[k] ?? 1) === 1;
        const fromResult = !fromRun && aMs <= bMs && (a.present[c]?.[i] ?? 1) === 1;
        present[c]![n] = fromRun || fromResult ? 1 : 0;
        if (fromRun) copyValue(run.halves[c]!, k, out.halves[c]!, n);
        else if (fromResult) copyValue(a.halves[c]!, i, out.halves[c]!, n);
      }
      if (aMs <= bMs) i++;
      if (bMs <= aMs) k++;
    }
    out.count = n;
    for (let c = 0; c < this.#width; c++) out.present[c] = present[c]!.subarray(0, n).includes(0) ? present[c]! : null;
    this.#result = out;
    this.#spare = a;
  }
}

function decodeInto(run: RunBuffer, piece: Piece, width: number): void {
  const at = run.count;
  const { rows } = piece;
  const end = at + rows;
  piece.readTimes(run.times.subarray(at, end));
  for (let c = 0; c < width; c++) {
    const present = run.room(c);
    const count = piece.readColumn(c, run.columns[c]!.subarray(at, end), present.subarray(at, end));
    if (count === rows) run.present[c]?.fill(1, at, end);
    else if (count === 0) run.presence(c, at).fill(0, at, end);
    else if (!run.present[c]) {
      // The bytes of this piece are written already; those before them are all present.
      present.fill(1, 0, at);
      run.present[c] = present;
    }
  }
  run.count = end;
}

function copyValue(from: Int32Array, i: number, to: Int32Array, n: number): void {
  to[2 * n] = from[2 * i]!;
  to[2 * n + 1] = from[2 * i + 1]!;
}
