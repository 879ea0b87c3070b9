/** What the routes of foreign tools (Influx, Prometheus) need to know about a request: who, which Node objects, until when. */
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { may, type Permission, type Principal, roleOf } from '../auth/principal.ts';
import { assert } from '../lib/assert.ts';

/** Finds out who asks; `undefined` when nobody is known by what the request carries. */
export type FindPrincipal = (context: Context) => Principal | undefined;

/** Node's own objects of a request: bodies are read and disconnects seen without the detour over web streams. */
export function nodeObjects(context: Context): HttpBindings {
  const bindings = context.env as HttpBindings | undefined;
  assert(bindings?.incoming, 'these routes need a server of node:http');
  return bindings;
}

export type Access =
  | { readonly kind: 'granted'; readonly principal: Principal }
  | { readonly kind: 'denied'; readonly status: 401 | 403; readonly reason: string };

/** Whether the asker may do it. Writing with the browser's cookie alone is refused: another site could have sent it. */
export function accessTo(context: Context, find: FindPrincipal, permission: Permission): Access {
  const principal = find(context);
  if (!principal) {
    const reason = 'not logged in: send an API key as "Authorization: Bearer KEY", "X-API-Key: KEY" or Basic password';
    return { kind: 'denied', status: 401, reason };
  }
  if (!may(principal, permission)) {
    return { kind: 'denied', status: 403, reason: `${roleOf(principal)} may not ${permission} metrics` };
  }
  if (permission === 'ingest' && principal.byCookie) {
    return { kind: 'denied', status: 403, reason: 'writing needs an API key or a bearer token, not the cookie' };
  }
  return { kind: 'granted', principal };
}

/** Calls back when the client goes away before it has its answer. */
export function onClientGone(context: Context, callback: () => void): void {
  const { outgoing } = nodeObjects(context);
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) callback();
  });
}
