/** Rows in columns: the form in which blocks are encoded and merged. Grows as needed and is used again and again. */
import type { RowRun } from './encoding/block.ts';

export class RunBuffer implements RowRun {
  count = 0;
  times = new Float64Array(256);
  columns: Float64Array[] = [];
  present: (Uint8Array | null)[] = [];
  /** `columns` as 32-bit halves. */
  halves: Int32Array[] = [];
  readonly #allColumns: Float64Array[] = [];
  readonly #allHalves: Int32Array[] = [];
  readonly #allPresent: Uint8Array[] = [];
  #rows = 256;

  /** Empties it and makes room for this many rows and columns. All columns begin without holes. */
  reset(rows: number, width: number): void {
    if (rows > this.#rows) {
      this.#rows = Math.max(rows, this.#rows * 2);
      this.times = new Float64Array(this.#rows);
      this.#allColumns.length = 0;
      this.#allHalves.length = 0;
      this.#allPresent.length = 0;
    }
    for (let c = this.#allColumns.length; c < width; c++) {
      const column = new Float64Array(this.#rows);
      this.#allColumns.push(column);
      this.#allHalves.push(new Int32Array(column.buffer));
      this.#allPresent.push(new Uint8Array(this.#rows));
    }
    if (this.columns.length !== width) {
      this.columns = this.#allColumns.slice(0, width);
      this.halves = this.#allHalves.slice(0, width);
      this.present = new Array<Uint8Array | null>(width);
    } else if (this.columns[0] !== this.#allColumns[0]) {
      this.columns = this.#allColumns.slice(0, width);
      this.halves = this.#allHalves.slice(0, width);
    }
    this.present.fill(null);
    this.count = 0;
  }

  /** The rows from `from` to before `to`, as views of this buffer. */
  part(from: number, to: number): RowRun {
    return {
      count: to - from,
      times: this.times.subarray(from, to),
      columns: this.columns.map((column) => column.subarray(from, to)),
      present: this.present.map((present) => present?.subarray(from, to) ?? null),
    };
  }

  /** The presence bytes of a column, all set (for the first `rows`) when it had no holes so far. */
  presence(column: number, rows: number): Uint8Array {
    const known = this.present[column];
    if (known) return known;
    const bytes = this.#allPresent[column]!;
    bytes.fill(1, 0, rows);
    this.present[column] = bytes;
    return bytes;
  }

  /** Presence bytes that the caller fills itself, to be put into `present`. */
  room(column: number): Uint8Array {
    return this.#allPresent[column]!;
  }
}
