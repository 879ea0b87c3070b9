/**
 * Delivers queued messages. The queue itself is a table, written in the transaction that changes the alert: a killed
 * process delivers after its next start, at least once.
 *
 * Each channel is served for itself, so that a dead mail server holds up no webhook, and in the order in which things
 * happened. A channel that fails is left alone for a while that grows; it is one channel that is down, not each of the
 * messages that wait for it. Where people read, many messages become one: a few mails at once, then one a minute at most,
 * holding all that has come up by then.
 */
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { TenantId } from '../model/tenant.ts';
import type { ChannelKind, ChannelTarget, Delivery } from './channels/channel.ts';
import { CHANNELS, type ChannelType } from './channels/channels.ts';
import { MailAllowance } from './mail-allowance.ts';
import type { AlertMessage } from './message.ts';

export interface QueueItem {
  readonly id: number;
  readonly tenant: TenantId;
  readonly channelId: number;
  readonly attempts: number;
  readonly queuedAtMs: number;
  readonly message: AlertMessage;
}

export interface QueueChannel extends ChannelTarget {
  readonly id: number;
  readonly type: ChannelType;
}

export type QueueOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'retry'; readonly atMs: number; readonly reason: string }
  | { readonly kind: 'given_up'; readonly reason: string }
  /** There is no channel any more that could send it. */
  | { readonly kind: 'dropped'; readonly reason: string };

export interface NotificationQueueOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Channels for which something is due. */
  readonly dueChannels: (nowMs: number) => readonly { readonly tenant: TenantId; readonly channelId: number }[];
  /** What is due for a channel, oldest first. */
  readonly due: (channelId: number, nowMs: number, limit: number) => readonly QueueItem[];
  /** When the next item is due, if any waits, leaving out some channels. */
  readonly nextDueMs: (withoutChannels: readonly number[]) => number | undefined;
  /** The channel with its secrets opened, or why they cannot be; undefined when it is gone or switched off. */
  readonly channel: (tenant: TenantId, id: number) => QueueChannel | { readonly problem: string } | undefined;
  /** Stores what came of one or more items, in one transaction. */
  readonly record: (items: readonly QueueItem[], outcome: QueueOutcome, atMs: number) => void;
  /** How a channel of a type sends. */
  readonly kinds?: Readonly<Record<ChannelType, ChannelKind>>;
}

const FIRST_RETRY_MS = 5000;
const LONGEST_RETRY_MS = 300_000;
/** What somebody has to mend: so often that it works soon after, so seldom that no account is locked for it. */
const MENDED_RETRY_MS = 900_000;
/** Older messages are given up when they fail once more: nobody is helped by yesterday's alarm. */
const GIVE_UP_AFTER_MS = 86_400_000;
/** Messages that one mail may tell of. */
const MOST_TOGETHER = 500;
/** Requests to one webhook at a time. */
const AT_ONCE = 4;
const IDLE_MS = 60_000;
const SOON_MS = 100;
/** The queue could not be read or written: not at once again. */
const TROUBLE_MS = 10_000;

interface Pause {
  readonly untilMs: number;
  readonly failures: number;
}

/** 5 s, 10 s, 20 s … 5 min after the given number of failures in a row. */
export function retryDelayMs(failures: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10));
}

export class NotificationQueue {
  readonly #options: NotificationQueueOptions;
  readonly #kinds: Readonly<Record<ChannelType, ChannelKind>>;
  readonly #allowance: MailAllowance;
  /** By channel, in monotonic milliseconds. */
  readonly #pauses = new Map<number, Pause>();
  readonly #served = new Map<number, Promise<void>>();
  readonly #unrecorded = new Set<number>();
  #wake: (() => void) | undefined;
  #sent = 0;
  #failed = 0;

  constructor(options: NotificationQueueOptions) {
    this.#options = options;
    this.#kinds = options.kinds ?? CHANNELS;
    this.#allowance = new MailAllowance(options.clock);
  }

  get figures(): { sent: number; failed: number } {
    return { sent: this.#sent, failed: this.#failed };
  }

  /** Something was queued. */
  wake(): void {
    this.#wake?.();
  }

  /** A channel was changed, or is known to work: what waits for it need not wait longer. */
  resume(channelId: number): void {
    this.#pauses.delete(channelId);
    this.wake();
  }

  /** Runs until the signal; what is being sent then is cut off and stays queued. */
  async start(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waitMs = this.#serveAll(signal);
      await this.#idle(waitMs, signal);
    }
    await Promise.all(this.#served.values());
  }

  /** Begins to serve every channel that has something due. Returns how long there is nothing more to begin. */
  #serveAll(signal: AbortSignal): number {
    const { clock, logger, dueChannels, nextDueMs } = this.#options;
    try {
      for (const { tenant, channelId } of dueChannels(clock.nowMs())) {
        if (this.#served.has(channelId) || this.#pauseMs(channelId) > 0) continue;
        const served = this.#serve(tenant, channelId, signal)
          .catch((error) => {
            logger.error({ err: error, channel: channelId }, 'the notification queue could not be read or written');
            this.#pause(channelId, TROUBLE_MS);
          })
          .finally(() => {
            this.#served.delete(channelId);
            this.wake();
          });
        this.#served.set(channelId, served);
      }
      // Whoever is served wakes us when that is over.
      const paused = [...this.#pauses.keys()].filter((id) => !this.#served.has(id) && this.#pauseMs(id) > 0);
      const nextMs = nextDueMs([...this.#served.keys(), ...paused]) ?? Number.POSITIVE_INFINITY;
      const pauses = paused.map((id) => this.#pauseMs(id));
      return Math.min(IDLE_MS, Math.max(SOON_MS, Math.min(nextMs - clock.nowMs(), ...pauses)));
    } catch (error) {
      logger.error({ err: error }, 'the notification queue could not be read');
      return TROUBLE_MS;
    }
  }

  async #idle(waitMs: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await this.#options.clock.sleep(waitMs, AbortSignal.any([signal, woken.signal])).catch(() => {});
    this.#wake = undefined;
  }

  /** Sends what is due for one channel, until nothing is or the channel is paused. */
  async #serve(tenant: TenantId, channelId: number, signal: AbortSignal): Promise<void> {
    const { clock, due, channel, record } = this.#options;
    while (!signal.aborted) {
      const found = due(channelId, clock.nowMs(), MOST_TOGETHER);
      if (found.length === 0) return;
      const items = found.filter((item) => !this.#unrecorded.has(item.id));
      if (items.length < found.length) {
        this.#sentBefore(found.filter((item) => this.#unrecorded.has(item.id)));
        continue;
      }
      const target = channel(tenant, channelId);
      if (!target) {
        record(items, { kind: 'dropped', reason: 'the channel was removed or switched off' }, clock.nowMs());
        continue;
      }
      if ('problem' in target) {
        this.#settle(channelId, items, { kind: 'failed', reason: target.problem, retry: 'mended' }, signal);
        return;
      }
      if (!(await this.#send(target, items, signal))) return;
    }
  }

  /** Sends some of the items, at least one. Returns whether the channel can take more now. */
  async #send(target: QueueChannel, items: readonly QueueItem[], signal: AbortSignal): Promise<boolean> {
    const { sendTogether } = this.#kinds[target.type];
    if (!sendTogether) return this.#sendEach(target, ofDifferentAlerts(items, AT_ONCE), signal);
    const allowance = this.#allowance.of(target.id);
    if (allowance.waitMs > 0) {
      this.#pause(target.id, allowance.waitMs);
      return false;
    }
    this.#allowance.take(target.id);
    if (items.length <= allowance.mails) return this.#sendEach(target, items.slice(0, 1), signal);
    const messages = items.map(({ message }) => message);
    const sent = sendTogether(target, messages, signal).catch(unexpected);
    return this.#settle(target.id, items, await sent, signal);
  }

  async #sendEach(target: QueueChannel, items: readonly QueueItem[], signal: AbortSignal): Promise<boolean> {
    const deliveries = await Promise.all(items.map(({ message }) => send(target, message, signal, this.#kinds)));
    // Those of one moment fail for one reason.
    const failures = this.#failuresOf(target.id) + 1;
    const settled = items.map((item, i) => this.#settle(target.id, [item], deliveries[i]!, signal, failures));
    return settled.every((canTakeMore) => canTakeMore);
  }

  /** Records what came of items that were sent as one. Returns whether the channel can take more now. */
  #settle(
    channelId: number,
    items: readonly QueueItem[],
    delivery: Delivery,
    signal: AbortSignal,
    failures = this.#failuresOf(channelId) + 1,
  ): boolean {
    const { clock, logger, record } = this.#options;
    if (signal.aborted && delivery.kind === 'failed') return false;
    const nowMs = clock.nowMs();
    if (delivery.kind === 'sent') {
      this.#sent += items.length;
      this.#pauses.delete(channelId);
      for (const item of items) this.#unrecorded.add(item.id);
      this.#sentBefore(items);
      return true;
    }
    const { reason, retry } = delivery;
    this.#failed++;
    logger.warn({ channel: channelId, messages: items.length, reason }, 'a notification was not delivered');
    if (retry === 'never') {
      record(items, { kind: 'given_up', reason }, nowMs);
      return true;
    }
    const delayMs = retry === 'mended' ? MENDED_RETRY_MS : retryDelayMs(failures);
    this.#pause(channelId, delayMs, failures);
    const old = items.filter(({ queuedAtMs }) => nowMs - queuedAtMs >= GIVE_UP_AFTER_MS);
    const rest = items.filter((item) => !old.includes(item));
    if (old.length > 0) record(old, { kind: 'given_up', reason }, nowMs);
    if (rest.length > 0) record(rest, { kind: 'retry', atMs: nowMs + delayMs, reason }, nowMs);
    return false;
  }

  /** What was sent but could not be recorded (a full disk) is not sent again, only recorded. */
  #sentBefore(items: readonly QueueItem[]): void {
    this.#options.record(items, { kind: 'sent' }, this.#options.clock.nowMs());
    for (const item of items) this.#unrecorded.delete(item.id);
  }

  #failuresOf(channelId: number): number {
    return this.#pauses.get(channelId)?.failures ?? 0;
  }

  #pause(channelId: number, ms: number, failures = this.#failuresOf(channelId)): void {
    this.#pauses.set(channelId, { untilMs: this.#options.clock.monotonicMs() + ms, failures });
  }

  /** How much longer a channel is left alone; 0: no longer. */
  #pauseMs(channelId: number): number {
    return Math.max(0, (this.#pauses.get(channelId)?.untilMs ?? 0) - this.#options.clock.monotonicMs());
  }
}

/** The first items, each about another alert: two messages about one alert are never under way together. */
function ofDifferentAlerts(items: readonly QueueItem[], most: number): readonly QueueItem[] {
  const alerts = new Set<number | null>();
  const taken: QueueItem[] = [];
  for (const item of items) {
    if (alerts.has(item.message.alert_id) || taken.length === most) break;
    alerts.add(item.message.alert_id);
    taken.push(item);
  }
  return taken;
}

/** Sends one message now; an unexpected error counts as a failed delivery. */
export function send(
  channel: QueueChannel,
  message: AlertMessage,
  signal: AbortSignal,
  kinds: Readonly<Record<ChannelType, ChannelKind>> = CHANNELS,
): Promise<Delivery> {
  return kinds[channel.type].send(channel, message, signal).catch(unexpected);
}

const unexpected = (error: Error): Delivery => ({ kind: 'failed', reason: error.message, retry: 'soon' });
