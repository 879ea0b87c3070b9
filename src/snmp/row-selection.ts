/**
 * Rows of a table that are wanted, as a walk needs them: where to begin, where to end, and which rows between do not
 * count. Made once for a list of indexes and used for every poll.
 */
import { compareOids, decodeArcs } from './oid.ts';

export class RowSelection {
  readonly indexes: readonly string[];
  readonly #wanted: ReadonlySet<string>;
  readonly #before: Uint8Array;
  readonly #last: Uint8Array;

  /** @param indexes dotted; at least one. @throws RangeError when one is no index */
  constructor(indexes: readonly string[]) {
    const sorted = indexes
      .map((text) => encodeArcs(arcsOf(text)))
      .sort((a, b) => compareOids(a, 0, a.length, b, 0, b.length));
    if (sorted.length === 0) throw new RangeError('a selection needs at least one row');
    this.indexes = sorted.map((bytes) => decodeArcs(bytes, 0, bytes.length));
    this.#wanted = new Set(this.indexes);
    this.#before = encodeArcs(predecessor(arcsOf(this.indexes[0]!)));
    this.#last = sorted.at(-1)!;
  }

  get count(): number {
    return this.indexes.length;
  }

  has(index: string): boolean {
    return this.#wanted.has(index);
  }

  /** The OID in `column` after which the walk begins. */
  before(column: Uint8Array): Uint8Array {
    const oid = new Uint8Array(column.length + this.#before.length);
    oid.set(column);
    oid.set(this.#before, column.length);
    return oid;
  }

  /** Whether this index is the last wanted one, or beyond it. */
  isLast(bytes: Uint8Array, start: number, end: number): boolean {
    return compareOids(bytes, start, end, this.#last, 0, this.#last.length) >= 0;
  }

  /** Whether an index for which `isLast` holds is itself wanted. */
  includesLast(bytes: Uint8Array, start: number, end: number): boolean {
    return compareOids(bytes, start, end, this.#last, 0, this.#last.length) === 0;
  }
}

function arcsOf(text: string): number[] {
  const arcs = text.split('.').map(Number);
  if (!arcs.every((arc) => Number.isInteger(arc) && arc >= 0 && arc <= 0xffffffff))
    throw new RangeError(`not an index: ${text}`);
  return arcs;
}

/** An index before `arcs` with nothing but deeper ones between. */
function predecessor(arcs: readonly number[]): number[] {
  const before = arcs.slice(0, -1);
  const last = arcs.at(-1)!;
  if (last > 0) before.push(last - 1);
  return before;
}

function encodeArcs(arcs: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (const arc of arcs) {
    const groups = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) groups.push((rest % 128) | 128);
    bytes.push(...groups.reverse());
  }
  return Uint8Array.from(bytes);
}
