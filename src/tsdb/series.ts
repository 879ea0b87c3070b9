/** A selected series: what the evaluator sees of it, and where it is. */
import type { FieldKind } from '../model/field.ts';
import type { LabelPairs, SeriesHandle } from '../model/series.ts';
import type { Declarations } from './declarations.ts';

export class Series implements SeriesHandle {
  readonly labels: LabelPairs;
  readonly kind: FieldKind;
  readonly group: number;
  readonly column: number;
  /** Of the row group: its number may be given to another one while a query holds this. */
  readonly generation: number;
  readonly #declarations: Declarations;

  constructor(
    labels: LabelPairs,
    kind: FieldKind,
    group: number,
    column: number,
    generation: number,
    declarations: Declarations,
  ) {
    this.labels = labels;
    this.kind = kind;
    this.group = group;
    this.column = column;
    this.generation = generation;
    this.#declarations = declarations;
  }

  get intervalMs(): number {
    return this.#declarations.intervalMs(this.group);
  }
}
