/**
 * Polls of many monitors that somebody waits for: a bounded number at a time over all requests, so that people never
 * slow down the schedule, and no longer than an HTTP request should take.
 */
import type { MonitorRow } from '../../db/monitors.ts';
import { Slots } from '../../lib/slots.ts';
import type { Services } from '../services.ts';

/** Monitors of one device wait for each other in any case: it is asked one thing at a time. */
const AT_A_TIME = 64;
const BEGIN_WITHIN_MS = 60_000;

export interface MonitorOutcome {
  readonly monitor_id: number;
  readonly plugin_id: string;
  /** `left`: not polled, because time was up or the client had gone. */
  readonly state: 'succeeded' | 'failed' | 'left';
  readonly error: { readonly code: string; readonly message: string } | null;
}

export class BulkPoll {
  readonly #services: Pick<Services, 'collect' | 'clock'>;
  readonly #slots = new Slots(AT_A_TIME);

  constructor(services: Pick<Services, 'collect' | 'clock'>) {
    this.#services = services;
  }

  /** By ID of the monitor. A poll that has begun is waited for. */
  async run(monitors: readonly MonitorRow[], signal: AbortSignal): Promise<ReadonlyMap<number, MonitorOutcome>> {
    const { clock } = this.#services;
    const timeUp = new AbortController();
    const cancel = clock.after(BEGIN_WITHIN_MS, () => timeUp.abort());
    try {
      const stop = AbortSignal.any([signal, timeUp.signal]);
      const outcomes = await Promise.all(monitors.map((monitor) => this.#poll(monitor, stop)));
      return new Map(outcomes.map((outcome) => [outcome.monitor_id, outcome]));
    } finally {
      cancel();
    }
  }

  async #poll({ id, plugin_id }: MonitorRow, stop: AbortSignal): Promise<MonitorOutcome> {
    const of = { monitor_id: id, plugin_id };
    if (!(await this.#slots.take(stop))) return { ...of, state: 'left', error: null };
    try {
      const outcome = await this.#services.collect.poll(id);
      if (!outcome) return { ...of, state: 'left', error: null };
      const { error } = outcome;
      return error ? { ...of, state: 'failed', error } : { ...of, state: 'succeeded', error: null };
    } finally {
      this.#slots.release();
    }
  }
}
