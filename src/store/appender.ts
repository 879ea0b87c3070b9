/** The writing half of the store thread: bodies in, rows committed, an answer for the sender. */

import { Ingest } from '../ingest/ingest.ts';
import type { IngestLimits } from '../ingest/limits.ts';
import type { IngestTally } from '../ingest/tally.ts';
import { BodyError } from '../ingest/unpack.ts';
import { AssertionFailure } from '../lib/assert.ts';
import type { Logger } from '../lib/logger.ts';
import type { Engine } from '../tsdb/engine.ts';
import { DiskFullError, WalError } from '../tsdb/engine-errors.ts';
import type { AppendMessage } from './messages.ts';
import type { AppendAnswer } from './store.ts';

const RETRY_AFTER_S = 10;

export interface AppenderOptions {
  readonly engine: Engine;
  readonly limits: IngestLimits;
  readonly nowMs: () => number;
  readonly logger: Logger;
}

/** What was written since the start, for `/metrics`. */
export interface AppendFigures {
  bodies: number;
  rows: number;
  samples: number;
  refusedRows: number;
  skippedStrings: number;
  /** Exemplars and native histograms. */
  ignored: number;
  failedBodies: number;
}

export class Appender {
  readonly figures: AppendFigures = {
    bodies: 0,
    rows: 0,
    samples: 0,
    refusedRows: 0,
    skippedStrings: 0,
    ignored: 0,
    failedBodies: 0,
  };
  readonly #engine: Engine;
  readonly #ingest: Ingest;
  readonly #logger: Logger;

  constructor({ engine, limits, nowMs, logger }: AppenderOptions) {
    this.#engine = engine;
    this.#logger = logger;
    const declareFields = engine.declareFields.bind(engine);
    this.#ingest = new Ingest({ sink: engine, limits, nowMs, room: () => engine.room(), declareFields });
  }

  /** Never rejects but for broken invariants, after which the thread must not go on. */
  async append({ body, tenant, format, encoding, precision, durable }: AppendMessage): Promise<AppendAnswer> {
    try {
      const tally = await this.#ingest.read({ tenant, format, encoding, precision, bytes: body });
      if (durable) await this.#engine.durable();
      this.#count(tally);
      const { acceptedRows, acceptedSamples, refusedRows, refusals, skippedStrings } = tally;
      return { kind: 'done', acceptedRows, acceptedSamples, refusedRows, refusals, skippedStrings };
    } catch (error) {
      this.figures.failedBodies++;
      if (error instanceof AssertionFailure) throw error;
      if (error instanceof BodyError) return { kind: 'bad_body', reason: error.message };
      if (!(error instanceof DiskFullError || error instanceof WalError)) {
        this.#logger.error({ err: error, format }, 'a body could not be stored');
      }
      return { kind: 'unavailable', reason: (error as Error).message, retryAfterS: RETRY_AFTER_S };
    }
  }

  #count(tally: IngestTally): void {
    const { figures } = this;
    figures.bodies++;
    figures.rows += tally.acceptedRows;
    figures.samples += tally.acceptedSamples;
    figures.refusedRows += tally.refusedRows;
    figures.skippedStrings += tally.skippedStrings;
    figures.ignored += tally.ignored;
  }
}
