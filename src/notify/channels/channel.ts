/** What every kind of channel provides. Adding a kind is a new file here and an entry in `channels.ts`. */
import type { AlertMessage } from '../message.ts';

export type Delivery =
  | { readonly kind: 'sent' }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      /**
       * `soon`: it may work in a moment. `mended`: only when somebody has changed something, here or there (a refused
       * password, an address that does not exist). `never`: this message is not wanted, others may be.
       */
      readonly retry: 'soon' | 'mended' | 'never';
    };

export interface ChannelTarget {
  readonly config: Readonly<Record<string, unknown>>;
  /** Opened secrets, by key. */
  readonly secrets: Readonly<Record<string, string>>;
}

export interface ChannelKind {
  send(target: ChannelTarget, message: AlertMessage, signal: AbortSignal): Promise<Delivery>;
  /**
   * Tells of many alerts in one message, for channels that people read: 500 mails tell nobody more than one does.
   * Absent: each is sent for itself.
   */
  readonly sendTogether?: (
    target: ChannelTarget,
    messages: readonly AlertMessage[],
    signal: AbortSignal,
  ) => Promise<Delivery>;
}
