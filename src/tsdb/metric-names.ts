/**
 * PromQL metric names of one tenant. A name is a measurement and a field; two different splits (`a_b` + `c`,
 * `a` + `b_c`) may give the same name, which is allowed as long as no two row groups with the same tags do.
 */
import { metricName } from '../model/field.ts';
import type { Symbols } from './symbols.ts';

export interface Split {
  readonly name: string;
  readonly measurement: number;
  readonly field: number;
  /** Row groups that have this field. */
  groups: number;
}

export class MetricNames {
  readonly #symbols: Symbols;
  readonly #byName = new Map<string, Split[]>();
  /** measurement * 2^26 + field → split. */
  readonly #bySplit = new Map<number, Split>();

  constructor(symbols: Symbols) {
    this.#symbols = symbols;
  }

  /** The split of a measurement and field, made if new. */
  split(measurement: number, field: number): Split {
    const key = measurement * 2 ** 26 + field;
    const known = this.#bySplit.get(key);
    if (known) return known;
    const name = metricName(this.#symbols.text(measurement), this.#symbols.text(field));
    const split = { name, measurement, field, groups: 0 };
    this.#bySplit.set(key, split);
    const same = this.#byName.get(name);
    if (same) same.push(split);
    else this.#byName.set(name, [split]);
    return split;
  }

  /** Forgets a split that no row group has any more. */
  drop(split: Split): void {
    this.#bySplit.delete(split.measurement * 2 ** 26 + split.field);
    const rest = (this.#byName.get(split.name) ?? []).filter((other) => other !== split);
    if (rest.length > 0) this.#byName.set(split.name, rest);
    else this.#byName.delete(split.name);
  }

  /** All splits that give this name. */
  named(name: string): readonly Split[] {
    return this.#byName.get(name) ?? [];
  }

  all(): IterableIterator<Split> {
    return this.#bySplit.values();
  }
}
