/** The HTTP application: everything under `/api`, what Prometheus scrapes, and the web pages. */
import { Hono } from 'hono';
import { TokenBuckets } from '../lib/token-bucket.ts';
import { failure, mountEndpoints } from './dispatch.ts';
import type { Endpoint } from './endpoint.ts';
import type { FindPrincipal } from './metric-access.ts';
import { HttpProblem, problemResponse } from './problem.ts';
import { credentialsOf } from './request.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { credentialProfileRoutes } from './routes/credential-profiles.ts';
import { deviceDetailRoutes } from './routes/device-details.ts';
import { deviceRoutes } from './routes/devices.ts';
import { healthRoutes } from './routes/health.ts';
import { monitorRoutes } from './routes/monitors.ts';
import { sessionRoutes, setupRoutes } from './routes/session.ts';
import { siteRoutes } from './routes/sites.ts';
import { userRoutes } from './routes/users.ts';
import { securityHeaders } from './security-headers.ts';
import type { Services } from './services.ts';
import type { StaticWeb } from './static-web.ts';

export const API_BASE = '/api/v1';
const REQUESTS_A_MINUTE = 1000;

/** Every endpoint that is checked, audited and documented in one way. */
export function endpointsOf(services: Services): Endpoint[] {
  return [
    ...healthRoutes(services),
    ...setupRoutes(services),
    ...sessionRoutes(services),
    ...userRoutes(services),
    ...apiKeyRoutes(services),
    ...siteRoutes(services),
    ...credentialProfileRoutes(services),
    ...deviceRoutes(services),
    ...deviceDetailRoutes(services),
    ...monitorRoutes(services),
  ];
}

export interface ApiOptions {
  readonly services: Services;
  readonly web: StaticWeb;
  /** Routes that speak the shapes of other systems (Influx, Prometheus), mounted at the path given. */
  readonly foreign: (find: FindPrincipal) => readonly { readonly path: string; readonly routes: Hono }[];
}

export function createApi({ services, web, foreign }: ApiOptions): Hono {
  const { auth, repositories, clock, logger } = services;
  const rate = new TokenBuckets({ limit: REQUESTS_A_MINUTE, windowMs: 60_000, clock });
  const app = new Hono();
  app.use(securityHeaders);
  app.onError((error, context) => failure(error, context, logger));

  const api = new Hono();
  mountEndpoints(api, endpointsOf(services), {
    authenticator: auth.authenticator,
    rate,
    journal: repositories.journal,
    clock,
    logger,
  });
  app.route(API_BASE, api);
  const find: FindPrincipal = (context) => auth.authenticator.principalOf(credentialsOf(context), true);
  for (const { path, routes } of foreign(find)) app.route(path, routes);
  app.all('/api/*', () => problemResponse(new HttpProblem(404, 'There is nothing at this address.')));
  app.on(['GET', 'HEAD'], '/*', (context) => web.answer(context));
  app.notFound(() => problemResponse(new HttpProblem(404, 'There is nothing at this address.')));
  return app;
}
