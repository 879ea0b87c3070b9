/**
 * Lists of fields that row groups have in common. A schema is its parent plus one field, so a list never changes and
 * a row group's columns are one number; adding a field to a row group moves it to a child schema.
 */
import { grownInt32 } from './growing.ts';

const NO_PARENT = -1;

export class Schemas {
  #parent = new Int32Array([NO_PARENT]);
  #field = new Int32Array([-1]);
  #width = new Int32Array([0]);
  #count = 1;
  /** schema * 2^26 + field → child schema. */
  readonly #children = new Map<number, number>();
  readonly #lists: (Int32Array | undefined)[] = [new Int32Array(0)];

  get count(): number {
    return this.#count;
  }

  /** Number of columns. */
  width(schema: number): number {
    return this.#width[schema]!;
  }

  /** The schema without its last field, and that field. Not for the empty schema 0. */
  last(schema: number): { parent: number; field: number } {
    return { parent: this.#parent[schema]!, field: this.#field[schema]! };
  }

  /** Column number of a field (a symbol), or -1. */
  columnOf(schema: number, field: number): number {
    // A child by this field exists only if the schema does not have it; checking that first makes wide groups cheap.
    if (this.#children.has(schema * 2 ** 26 + field)) return -1;
    for (let s = schema; s > 0; s = this.#parent[s]!) if (this.#field[s] === field) return this.#width[s]! - 1;
    return -1;
  }

  /** The schema with one more field, which must be new to it. */
  with(schema: number, field: number): number {
    const key = schema * 2 ** 26 + field;
    const known = this.#children.get(key);
    if (known !== undefined) return known;
    const child = this.#count++;
    this.#parent = grownInt32(this.#parent, child);
    this.#field = grownInt32(this.#field, child);
    this.#width = grownInt32(this.#width, child);
    this.#parent[child] = schema;
    this.#field[child] = field;
    this.#width[child] = this.#width[schema]! + 1;
    this.#children.set(key, child);
    return child;
  }

  /** Fields (symbols) by column number. Not to be changed. */
  fields(schema: number): Int32Array {
    const known = this.#lists[schema];
    if (known) return known;
    const list = new Int32Array(this.#width[schema]!);
    for (let s = schema; s > 0; s = this.#parent[s]!) list[this.#width[s]! - 1] = this.#field[s]!;
    this.#lists[schema] = list;
    return list;
  }
}
