/**
 * Answers written straight to Node's response. A web `Response` copies its body into a stream before it is sent; on the
 * paths where tools write and read metrics that costs more than the rest of the request.
 */
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import { nodeObjects } from './metric-access.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

export type AnswerHeaders = Readonly<Record<string, string>>;

/** Sends the answer, unless the client is gone; the returned value tells hono that nothing is left to do. */
export function sendDirectly(
  context: Context,
  status: number,
  headers: AnswerHeaders,
  body?: Uint8Array | string,
): Response {
  const { outgoing } = nodeObjects(context);
  if (outgoing.destroyed || outgoing.headersSent) return RESPONSE_ALREADY_SENT;
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  outgoing.writeHead(status, { ...SECURITY_HEADERS, ...headers, ...length });
  outgoing.end(body);
  return RESPONSE_ALREADY_SENT;
}
