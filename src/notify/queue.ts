/**
 * Delivers queued messages. The queue itself is a table, written in the transaction that changes the alert: a killed
 * process delivers after its next start, at least once. A channel that fails is tried again with exponential back-off.
 */
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { TenantId } from '../model/tenant.ts';
import type { ChannelTarget, Delivery } from './channels/channel.ts';
import { CHANNELS, type ChannelType } from './channels/channels.ts';
import type { AlertMessage } from './message.ts';

export interface QueueItem {
  readonly id: number;
  readonly tenant: TenantId;
  readonly channelId: number;
  readonly attempts: number;
  readonly message: AlertMessage;
}

export interface QueueChannel extends ChannelTarget {
  readonly id: number;
  readonly type: ChannelType;
}

export type QueueOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'retry'; readonly atMs: number; readonly reason: string }
  | { readonly kind: 'given_up'; readonly reason: string };

export interface NotificationQueueOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Items whose time has come, oldest first. */
  readonly due: (nowMs: number, limit: number) => readonly QueueItem[];
  /** When the next item is due, if any waits. */
  readonly nextDueMs: () => number | undefined;
  /** The channel with its secrets opened; undefined when it is gone or switched off. */
  readonly channel: (tenant: TenantId, id: number) => QueueChannel | undefined;
  readonly record: (item: QueueItem, outcome: QueueOutcome, atMs: number) => void;
}

const FIRST_RETRY_MS = 5000;
const LONGEST_RETRY_MS = 300_000;
/** About a day of trying every five minutes. */
const MAX_ATTEMPTS = 290;
const AT_ONCE = 4;
const IDLE_MS = 60_000;

/** 5 s, 10 s, 20 s … 5 min after the given number of failed attempts. */
export function retryDelayMs(attempts: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 10));
}

export class NotificationQueue {
  readonly #options: NotificationQueueOptions;
  #wake: (() => void) | undefined;
  #sent = 0;
  #failed = 0;

  constructor(options: NotificationQueueOptions) {
    this.#options = options;
  }

  get figures(): { sent: number; failed: number } {
    return { sent: this.#sent, failed: this.#failed };
  }

  /** Something was queued. */
  wake(): void {
    this.#wake?.();
  }

  /** Runs until the signal; what is being sent then is cut off and stays queued. */
  async start(signal: AbortSignal): Promise<void> {
    const { clock, due, nextDueMs, logger } = this.#options;
    while (!signal.aborted) {
      try {
        for (let items = due(clock.nowMs(), AT_ONCE); items.length > 0 && !signal.aborted; ) {
          await Promise.all(items.map((item) => this.#deliver(item, signal)));
          items = due(clock.nowMs(), AT_ONCE);
        }
      } catch (error) {
        logger.error({ err: error }, 'the notification queue could not be read');
      }
      const waitMs = Math.min(IDLE_MS, Math.max(100, (nextDueMs() ?? Number.POSITIVE_INFINITY) - clock.nowMs()));
      await this.#idle(waitMs, signal);
    }
  }

  async #idle(waitMs: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await this.#options.clock.sleep(waitMs, AbortSignal.any([signal, woken.signal])).catch(() => {});
    this.#wake = undefined;
  }

  async #deliver(item: QueueItem, signal: AbortSignal): Promise<void> {
    const { clock, channel, record, logger } = this.#options;
    const target = channel(item.tenant, item.channelId);
    if (!target) {
      record(item, { kind: 'given_up', reason: 'the channel was removed or switched off' }, clock.nowMs());
      return;
    }
    const delivery = await send(target, item.message, signal);
    if (signal.aborted && delivery.kind === 'failed') return;
    const nowMs = clock.nowMs();
    if (delivery.kind === 'sent') {
      this.#sent++;
      record(item, { kind: 'sent' }, nowMs);
      return;
    }
    this.#failed++;
    logger.warn(
      { channel: item.channelId, attempts: item.attempts + 1, reason: delivery.reason },
      'a notification was not delivered',
    );
    const final = delivery.permanent || item.attempts + 1 >= MAX_ATTEMPTS;
    const outcome: QueueOutcome = final
      ? { kind: 'given_up', reason: delivery.reason }
      : { kind: 'retry', atMs: nowMs + retryDelayMs(item.attempts + 1), reason: delivery.reason };
    record(item, outcome, nowMs);
  }
}

/** Sends one message now; an unexpected error counts as a failed delivery. */
export async function send(channel: QueueChannel, message: AlertMessage, signal: AbortSignal): Promise<Delivery> {
  try {
    return await CHANNELS[channel.type](channel, message, signal);
  } catch (error) {
    return { kind: 'failed', reason: (error as Error).message, permanent: false };
  }
}
