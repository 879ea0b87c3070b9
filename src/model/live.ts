/** What is told to browsers at once, over the WebSocket. */
import type { TenantId } from './tenant.ts';

export const LIVE_TOPICS = ['device_status', 'monitor_result', 'alert', 'event', 'discovery_progress'] as const;
export type LiveTopic = (typeof LIVE_TOPICS)[number];

/** Services tell through this; the payload is what the contract says for the topic. */
export interface Live {
  publish(tenant: TenantId, topic: LiveTopic, payload: unknown): void;
  /** Whether anybody listens: payloads that cost something to make need not be made otherwise. */
  wanted(tenant: TenantId, topic: LiveTopic): boolean;
}
