/**
 * What the numbers in one log file mean: symbols, schemas and row groups as the file defines them. Row groups that were
 * deleted after the file was written are known and ignored.
 */
import type { GroupTable } from './group-table.ts';
import { grownInt32 } from './growing.ts';

const IGNORED = -1;

export class FileNumbers {
  readonly #groups: GroupTable;
  /** Whether a row group, given by its identity in symbols, was deleted after this file. */
  readonly #isDeleted: (tenant: number, measurement: number, tags: readonly number[]) => boolean;
  /** Our number + 1; 0 is unknown. */
  #symbols = new Int32Array(1024);
  #group = new Int32Array(1024);
  /** Of a schema: the one that it extends, and the field (our symbol) by which it does. */
  #parent = new Int32Array(64);
  #field = new Int32Array(64);
  readonly #maps = new Map<number, Int32Array>();

  constructor(
    groups: GroupTable,
    isDeleted: (tenant: number, measurement: number, tags: readonly number[]) => boolean,
  ) {
    this.#groups = groups;
    this.#isDeleted = isDeleted;
  }

  /** Our number of the file's row group, -1 for one whose rows are to be ignored. */
  groupOf(number: number): number {
    const group = this.#group[number]!;
    return group > 0 ? group - 1 : IGNORED;
  }

  /** Our column of each of the file's columns, where they differ. */
  mapOf(number: number): Int32Array | undefined {
    return this.#maps.size > 0 ? this.#maps.get(number) : undefined;
  }

  symbol(number: number, words: Int32Array, at: number, bytes: number): void {
    const text = Buffer.from(words.buffer, words.byteOffset + at * 4, bytes).toString('utf8');
    this.#symbols = grownInt32(this.#symbols, number);
    this.#symbols[number] = this.#groups.symbols.of(text) + 1;
  }

  schema(number: number, parent: number, field: number): void {
    this.#parent = grownInt32(this.#parent, number);
    this.#field = grownInt32(this.#field, number);
    this.#parent[number] = parent;
    this.#field[number] = this.#symbols[field]! - 1;
  }

  /** Defines a row group by the record behind its number; returns its width. */
  group(number: number, words: Int32Array, at: number): number {
    const tenant = words[at]!;
    const measurement = this.#symbols[words[at + 1]!]! - 1;
    const tags: number[] = [];
    for (let i = 0; i < 2 * words[at + 3]!; i++) tags.push(this.#symbols[words[at + 4 + i]!]! - 1);
    this.#group = grownInt32(this.#group, number);
    if (this.#isDeleted(tenant, measurement, tags)) {
      this.#group[number] = IGNORED;
      return 0;
    }
    this.#group[number] = this.#groups.restore(tenant, measurement, tags) + 1;
    return this.columns(number, words[at + 2]!);
  }

  /** The row group has the fields of this schema; returns its width. */
  columns(number: number, schema: number): number {
    const group = this.groupOf(number);
    if (group < 0) return 0;
    const map = this.#groups.adopt(group, this.#fieldsOf(schema));
    if (map) this.#maps.set(number, map);
    else this.#maps.delete(number);
    return this.#groups.width(group);
  }

  #fieldsOf(schema: number): number[] {
    const fields: number[] = [];
    for (let s = schema; s > 0; s = this.#parent[s]!) fields.push(this.#field[s]!);
    return fields.reverse();
  }
}
