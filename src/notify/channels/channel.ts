/** What every kind of channel provides: one function. Adding a kind is a new file here and an entry in `channels.ts`. */
import type { AlertMessage } from '../message.ts';

export type Delivery =
  | { readonly kind: 'sent' }
  /** `permanent`: trying again cannot help (refused address, 4xx). */
  | { readonly kind: 'failed'; readonly reason: string; readonly permanent: boolean };

export interface ChannelTarget {
  readonly config: Readonly<Record<string, unknown>>;
  /** Opened secrets, by key. */
  readonly secrets: Readonly<Record<string, string>>;
}

export type SendMessage = (target: ChannelTarget, message: AlertMessage, signal: AbortSignal) => Promise<Delivery>;
