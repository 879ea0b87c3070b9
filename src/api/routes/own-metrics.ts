/** Figures of the product itself, for Prometheus to scrape: at `/metrics`, and under the API's base. */
import type { Context } from 'hono';
import { accessTo, type FindPrincipal } from '../metric-access.ts';
import { HttpProblem, problemResponse } from '../problem.ts';
import type { Services } from '../services.ts';

const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** A handler that needs a key or a log-in that may read. */
export function ownMetrics({ store, metrics }: Pick<Services, 'store' | 'metrics'>, find: FindPrincipal) {
  return async (context: Context): Promise<Response> => {
    const access = accessTo(context, find, 'read');
    if (access.kind === 'denied') {
      const headers = access.status === 401 ? { 'www-authenticate': 'Basic realm="telltale"' } : {};
      return problemResponse(new HttpProblem(access.status, access.reason, { headers }));
    }
    const text = metrics() + (await store.metrics());
    return new Response(text, { headers: { 'content-type': EXPOSITION_TYPE, 'cache-control': 'no-store' } });
  };
}
