/** Messages of the WebSocket `/api/v1/ws`: `{type, payload}` both ways. */
import { z } from 'zod';
import { LIVE_TOPICS } from '../../model/live.ts';
import { alert } from './alerts.ts';
import { id, timestamp } from './common.ts';
import { health } from './devices.ts';
import { discoveryRun } from './discovery.ts';
import { event } from './events.ts';

export const liveTopic = z.enum(LIVE_TOPICS);

/** What a browser sends. A connection hears nothing before its first `subscribe`. */
export const liveRequest = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('subscribe'), topics: z.array(liveTopic).max(LIVE_TOPICS.length) }),
  z.strictObject({ type: z.literal('unsubscribe'), topics: z.array(liveTopic).max(LIVE_TOPICS.length) }),
]);

export const deviceStatus = z.object({ device_id: id, name: z.string(), health, since: timestamp });
export const monitorResult = z.object({
  monitor_id: id,
  device_id: id,
  at: timestamp,
  duration_ms: z.number(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});

export const liveMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('device_status'), payload: deviceStatus }),
  z.object({ type: z.literal('monitor_result'), payload: monitorResult }),
  z.object({ type: z.literal('alert'), payload: alert }),
  z.object({ type: z.literal('event'), payload: event }),
  z.object({ type: z.literal('discovery_progress'), payload: discoveryRun }),
  z.object({ type: z.literal('subscribed'), payload: z.object({ topics: z.array(liveTopic) }) }),
  z.object({ type: z.literal('error'), payload: z.object({ detail: z.string() }) }),
]);
