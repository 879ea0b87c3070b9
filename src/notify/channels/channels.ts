import type { SendMessage } from './channel.ts';
import { sendEmail } from './email.ts';
import { sendWebhook } from './webhook.ts';

/** Every kind of channel by its type. */
export const CHANNELS = { email: sendEmail, webhook: sendWebhook } as const satisfies Record<string, SendMessage>;
export type ChannelType = keyof typeof CHANNELS;
