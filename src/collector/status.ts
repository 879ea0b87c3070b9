/** Figures of the collector, for `/health` and `/metrics`. */
import type { PingWay } from '../icmp/echo.ts';
import type { UdpCounters } from '../snmp/udp.ts';
import type { BatcherCounters } from './row-batcher.ts';

export interface PollFigures {
  readonly running: number;
  readonly finished: number;
  readonly failed: number;
  /** Began more than a second after their time. */
  readonly late: number;
  /** Left out because the one before was still running. */
  readonly skipped: number;
  /** Ended by an error in our own code. */
  readonly crashes: number;
  readonly duration_ms_sum: number;
}

export interface CollectorStatus {
  readonly revision: string | undefined;
  readonly devices: number;
  readonly monitors: number;
  readonly ping: { readonly way: PingWay; readonly sentence: string };
  readonly polls: PollFigures;
  readonly rows: BatcherCounters;
  readonly udp: UdpCounters;
}

export class PollCounters {
  late = 0;
  skipped = 0;
  crashes = 0;
  #finished = 0;
  #failed = 0;
  #durationMsSum = 0;

  finished(durationMs: number, hasFailed: boolean): void {
    this.#finished++;
    if (hasFailed) this.#failed++;
    this.#durationMsSum += durationMs;
  }

  snapshot(running: number): PollFigures {
    const { late, skipped, crashes } = this;
    const [finished, failed] = [this.#finished, this.#failed];
    return { running, finished, failed, late, skipped, crashes, duration_ms_sum: this.#durationMsSum };
  }
}
