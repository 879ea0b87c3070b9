import type { ChannelKind } from './channel.ts';
import { email } from './email.ts';
import { webhook } from './webhook.ts';

/** Every kind of channel by its type. */
export const CHANNELS = { email, webhook } as const satisfies Record<string, ChannelKind>;
export type ChannelType = keyof typeof CHANNELS;
