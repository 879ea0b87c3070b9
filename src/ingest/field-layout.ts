/**
 * The fields that a row group was last seen with: their names as bytes in the order of the wire, and their columns. The
 * parser compares the next line with it byte for byte. Layouts are shared by all row groups that look alike, so an
 * interface costs one pointer.
 */

/** Column of a field that only ever held strings, which are not stored. */
export const NO_COLUMN = 0xffff;

const SHARED_LAYOUTS_MAX = 4096;
const LINEAR_SEARCH_MAX = 24;

export class FieldLayout {
  /** Every raw name followed by `=`. */
  readonly bytes: Uint8Array;
  /** Where each name (with its `=`) ends in `bytes`. */
  readonly ends: Uint32Array;
  readonly columns: Uint16Array;
  readonly count: number;
  /** Whether every field has a column, so that `columns` can be handed on as it is. */
  readonly isNumeric: boolean;
  #byName: Map<string, number> | undefined;

  constructor(names: readonly string[], columns: readonly number[]) {
    this.bytes = Buffer.from(names.map((name) => `${name}=`).join(''), 'latin1');
    this.ends = new Uint32Array(names.length);
    let end = 0;
    names.forEach((name, i) => {
      end += name.length + 1;
      this.ends[i] = end;
    });
    this.columns = Uint16Array.from(columns);
    this.count = names.length;
    this.isNumeric = !columns.includes(NO_COLUMN);
  }

  start(index: number): number {
    return index === 0 ? 0 : this.ends[index - 1]!;
  }

  /** Raw name of a field, one character a byte. */
  rawName(index: number): string {
    return latin1(this.bytes, this.start(index), this.ends[index]! - 1);
  }

  /** Index of the field whose raw name is `bytes[start, end)`, looked for from `from` on and around; -1 if unknown. */
  find(bytes: Uint8Array, start: number, end: number, from: number): number {
    if (this.count > LINEAR_SEARCH_MAX) return this.#findByName(latin1(bytes, start, end));
    const length = end - start;
    for (let n = 0, i = from < this.count ? from : 0; n < this.count; n++, i = i + 1 < this.count ? i + 1 : 0) {
      const own = this.start(i);
      if (this.ends[i]! - 1 - own !== length) continue;
      let k = 0;
      while (k < length && this.bytes[own + k] === bytes[start + k]) k++;
      if (k === length) return i;
    }
    return -1;
  }

  #findByName(name: string): number {
    if (!this.#byName) {
      this.#byName = new Map();
      for (let i = 0; i < this.count; i++) this.#byName.set(this.rawName(i), i);
    }
    return this.#byName.get(name) ?? -1;
  }
}

export const EMPTY_LAYOUT = new FieldLayout([], []);

/**
 * The layout of each row group. The engine uses the numbers of row groups that are gone again, so whoever interns a row
 * group (`forget`) also forgets what the number was known for.
 */
export class FieldLayouts {
  readonly #shared = new Map<string, FieldLayout>();
  readonly #byGroup: FieldLayout[] = [];

  of(group: number): FieldLayout {
    return this.#byGroup[group] ?? EMPTY_LAYOUT;
  }

  forget(group: number): void {
    this.#byGroup[group] = EMPTY_LAYOUT;
  }

  /** Remembers a layout, one instance for all row groups with the same names and columns. */
  learn(group: number, names: readonly string[], columns: readonly number[]): void {
    const key = `${names.join('\0')}\n${columns.join()}`;
    let layout = this.#shared.get(key);
    if (!layout) {
      // Senders with ever new sets of fields lose the sharing, not our memory.
      if (this.#shared.size >= SHARED_LAYOUTS_MAX) this.#shared.clear();
      layout = new FieldLayout(names, columns);
      this.#shared.set(key, layout);
    }
    this.#byGroup[group] = layout;
  }
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
