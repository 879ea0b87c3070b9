/** The hono app as what Node's HTTP servers call. */
import type { RequestListener } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

export function requestListener(app: Hono): RequestListener {
  return getRequestListener(app.fetch);
}
