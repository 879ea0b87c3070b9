/**
 * One running query: what it reads from, its limits, its warnings, and its manners: it gives way to others every few
 * milliseconds and stops when it is cancelled or late. Buffers of the source must not be held across `rest()`.
 */
import type { SeriesSource } from '../model/series.ts';
import type { TenantId } from '../model/tenant.ts';
import type { Annotations } from './annotations.ts';
import type { Grid, Matrix, RowSink } from './matrix.ts';
import type { Plan } from './plan.ts';
import { PromqlError } from './promql-error.ts';

/** Longest run without giving way. */
const SLICE_MS = 4;

export interface EvaluationOptions {
  readonly source: SeriesSource;
  readonly tenants: readonly TenantId[];
  readonly annotations: Annotations;
  /** Fixed look-back; without it each series has its own. */
  readonly lookbackMs: number | undefined;
  readonly maxSamples: number;
  /** Name of the setting of that limit. */
  readonly samplesSetting: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Resolves after other work had its turn. */
  readonly pause: () => Promise<void>;
  readonly monotonicMs: () => number;
}

/** Evaluates sub-expressions; given to functions so that they need not import the evaluator. */
export interface Evaluator {
  vector(plan: Plan, grid: Grid): Promise<Matrix>;
  /** The same, a row at a time where possible, so that an aggregate need not hold what it adds up. */
  rows(plan: Plan, grid: Grid, sink: RowSink): Promise<void>;
  /** One value a step. */
  scalar(plan: Plan, grid: Grid): Promise<Float64Array>;
}

export class Evaluation {
  readonly source: SeriesSource;
  readonly tenants: readonly TenantId[];
  readonly annotations: Annotations;
  readonly lookbackMs: number | undefined;
  readonly evaluator: Evaluator;
  readonly #options: EvaluationOptions;
  readonly #deadlineMs: number;
  #sliceEndMs: number;
  #samples = 0;

  constructor(options: EvaluationOptions, evaluator: (evaluation: Evaluation) => Evaluator) {
    this.source = options.source;
    this.tenants = options.tenants;
    this.annotations = options.annotations;
    this.lookbackMs = options.lookbackMs;
    this.#options = options;
    const now = options.monotonicMs();
    this.#deadlineMs = now + options.timeoutMs;
    this.#sliceEndMs = now + SLICE_MS;
    this.evaluator = evaluator(this);
  }

  /** Whether `rest()` is due. Asked once a series or so: one series may take a while. */
  due(): boolean {
    return this.#options.monotonicMs() >= this.#sliceEndMs;
  }

  /** Lets others run, then goes on or stops. @throws PromqlError of kind `canceled` or `timeout` */
  async rest(): Promise<void> {
    this.checkpoint();
    await this.#options.pause();
    this.checkpoint();
    this.#sliceEndMs = this.#options.monotonicMs() + SLICE_MS;
  }

  /** @throws PromqlError of kind `canceled` or `timeout` */
  checkpoint(): void {
    if (this.#options.signal?.aborted) {
      throw new PromqlError('canceled', 'query was canceled in expression evaluation');
    }
    if (this.#options.monotonicMs() > this.#deadlineMs) {
      throw new PromqlError('timeout', 'query timed out in expression evaluation');
    }
  }

  /** Counts samples that the query holds or has read. @throws PromqlError of kind `limit` */
  count(samples: number): void {
    this.#samples += samples;
    if (this.#samples > this.#options.maxSamples) {
      const { maxSamples, samplesSetting } = this.#options;
      const limit = `the limit is ${maxSamples}${samplesSetting ? ` (setting ${samplesSetting})` : ''}`;
      throw new PromqlError(
        'limit',
        `query processing would load too many samples into memory in query execution: ${limit}; narrow the selection, the range or the step`,
      );
    }
  }
}
