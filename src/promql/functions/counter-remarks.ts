/** A rate of what is not known to be a counter is worth a remark, once for every metric name. */
import type { FieldKind } from '../../model/field.ts';
import type { LabelPairs } from '../../model/series.ts';
import type { Evaluation } from '../evaluation.ts';
import { labelValue, METRIC_NAME } from '../labels.ts';
import type { CallPlan } from '../plan.ts';
import type { PositionRange } from '../position.ts';
import { quote } from '../quote.ts';

const COUNTER_NAME = /_(?:total|sum|count|bucket)$/;

export class CounterRemarks {
  readonly #evaluation: Evaluation;
  readonly #position: PositionRange;
  readonly #isWanted: boolean;
  /** Names that need no second look; series of one metric mostly come together. */
  #lastName = '';

  constructor(evaluation: Evaluation, plan: CallPlan, position: PositionRange) {
    this.#evaluation = evaluation;
    this.#position = position;
    this.#isWanted = plan.name === 'rate' || plan.name === 'increase';
  }

  /** Called for every series that has a result. */
  note(labels: LabelPairs, kind: FieldKind): void {
    if (!this.#isWanted || kind === 'counter') return;
    const name = labelValue(labels, METRIC_NAME);
    if (name === this.#lastName) return;
    this.#lastName = name;
    if (COUNTER_NAME.test(name)) return;
    const message = `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${quote(name)}`;
    this.#evaluation.annotations.info(message, this.#position);
  }
}
