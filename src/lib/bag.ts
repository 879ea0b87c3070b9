/**
 * A set of which members come and go hundreds of times a second. A `Set` makes a new table after so many changes, and the
 * old ones keep alive what they held until the next full collection; here a member knows its place in an array.
 */

export interface BagItem {
  /** Written by the bag. */
  place: number;
}

export class Bag<T extends BagItem> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  add(item: T): void {
    item.place = this.#items.length;
    this.#items.push(item);
  }

  remove(item: T): void {
    const last = this.#items.pop()!;
    if (last === item) return;
    this.#items[item.place] = last;
    last.place = item.place;
  }

  [Symbol.iterator](): ArrayIterator<T> {
    return this.#items.values();
  }
}
