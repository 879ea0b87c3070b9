/**
 * Collects the rows of many polls into one body a tenant, and holds polling back while the sink is behind. Nothing is
 * dropped here: a sink that stays behind stops polling instead of filling memory.
 */
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { atTickAfter } from '../lib/tick.ts';
import type { TenantId } from '../model/tenant.ts';
import type { PolledRow } from '../templates/poll-plan.ts';
import { LineWriter, type RowKeys } from './line-writer.ts';
import type { RowsSink, SinkAnswer } from './rows-sink.ts';

const FLUSH_BYTES = 256 << 10;
const FLUSH_AFTER_MS = 150;
const MAX_IN_FLIGHT_BYTES = 8 << 20;

export interface BatcherCounters {
  rows: number;
  bytes: number;
  refused: number;
  lost: number;
}

export class RowBatcher {
  readonly counters: BatcherCounters = { rows: 0, bytes: 0, refused: 0, lost: 0 };
  readonly #sink: RowsSink;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #writers = new Map<TenantId, LineWriter>();
  readonly #pending = new Set<Promise<void>>();
  #inFlightBytes = 0;
  #cancelFlush: (() => void) | undefined;
  #waiting: (() => void)[] = [];

  constructor(sink: RowsSink, clock: Clock, log: Logger) {
    this.#sink = sink;
    this.#clock = clock;
    this.#log = log;
  }

  write(tenant: TenantId, keys: RowKeys, rows: readonly PolledRow[], timeMs: number): void {
    if (rows.length === 0) return;
    let writer = this.#writers.get(tenant);
    if (!writer) {
      writer = new LineWriter();
      this.#writers.set(tenant, writer);
    }
    for (const row of rows) writer.write(keys.of(row), row.fields, timeMs);
    if (writer.byteLength >= FLUSH_BYTES) this.#send(tenant, writer);
    this.#cancelFlush ??= atTickAfter(this.#clock, FLUSH_AFTER_MS, () => this.flush());
  }

  /** Sends everything now. */
  flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    for (const [tenant, writer] of this.#writers) this.#send(tenant, writer);
  }

  /** Whether the sink can take more. */
  get isReady(): boolean {
    return this.#inFlightBytes <= MAX_IN_FLIGHT_BYTES;
  }

  /** Resolves when the sink can take more. */
  async ready(): Promise<void> {
    while (!this.isReady) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Sends everything and waits until it is kept. */
  async close(): Promise<void> {
    this.flush();
    await Promise.all(this.#pending);
  }

  #send(tenant: TenantId, writer: LineWriter): void {
    const { rows, byteLength } = writer;
    if (byteLength === 0) return;
    this.#inFlightBytes += byteLength;
    this.counters.rows += rows;
    this.counters.bytes += byteLength;
    const sent = this.#sink.append(tenant, writer.take()).then((answer) => {
      this.#pending.delete(sent);
      this.#inFlightBytes -= byteLength;
      this.#account(answer, rows);
      for (const resolve of this.#waiting.splice(0)) resolve();
    });
    this.#pending.add(sent);
  }

  #account(answer: SinkAnswer, rows: number): void {
    if (answer.kind === 'lost') {
      this.counters.lost += rows;
      this.#log.error({ rows, reason: answer.reason }, 'polled rows could not be stored');
    } else if (answer.refused > 0) {
      this.counters.refused += answer.refused;
      this.#log.warn({ refused: answer.refused, reason: answer.reason }, 'the store refused polled rows');
    }
  }
}
