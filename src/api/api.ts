/** The HTTP application: everything under `/api`, what Prometheus scrapes, and the web pages. */
import { Hono } from 'hono';
import { TokenBuckets } from '../lib/token-bucket.ts';
import { failure, mountEndpoints } from './dispatch.ts';
import { DOCS_STYLE, docsPage } from './docs-page.ts';
import type { Endpoint } from './endpoint.ts';
import type { FindPrincipal } from './metric-access.ts';
import { FixedText } from './negotiation.ts';
import { type OpenApiDocument, openApiDocument } from './openapi.ts';
import { HttpProblem, problemResponse } from './problem.ts';
import { credentialsOf } from './request.ts';
import { alertRuleRoutes } from './routes/alert-rules.ts';
import { alertRoutes } from './routes/alerts.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { channelRoutes } from './routes/channels.ts';
import { credentialProfileRoutes } from './routes/credential-profiles.ts';
import { deviceDetailRoutes } from './routes/device-details.ts';
import { deviceRoutes } from './routes/devices.ts';
import { deviceBulkRoutes } from './routes/devices-bulk.ts';
import { discoveredDeviceRoutes } from './routes/discovered-devices.ts';
import { discoveryProfileRoutes } from './routes/discovery-profiles.ts';
import { healthRoutes } from './routes/health.ts';
import { interfaceRuleRoutes } from './routes/interface-rules.ts';
import { journalRoutes } from './routes/journal.ts';
import { monitorMetricRoutes } from './routes/monitor-metrics.ts';
import { monitorRoutes } from './routes/monitors.ts';
import { ownMetrics } from './routes/own-metrics.ts';
import { pluginRoutes } from './routes/plugins.ts';
import { sessionRoutes, setupRoutes } from './routes/session.ts';
import { settingsRoutes } from './routes/settings.ts';
import { siteRoutes } from './routes/sites.ts';
import { templateRoutes } from './routes/templates.ts';
import { userRoutes } from './routes/users.ts';
import { securityHeaders } from './security-headers.ts';
import type { Services } from './services.ts';
import type { StaticWeb } from './static-web.ts';

export const API_BASE = '/api/v1';
const REQUESTS_A_MINUTE = 1000;

/** Every endpoint that is checked, audited and documented in one way. */
export function endpointsOf(services: Services): Endpoint[] {
  const { discovery } = services;
  return [
    ...healthRoutes(services),
    ...setupRoutes(services),
    ...sessionRoutes(services),
    ...userRoutes(services),
    ...apiKeyRoutes(services),
    ...siteRoutes(services),
    ...credentialProfileRoutes(services),
    // Before those whose `:id` would take `bulk` for an ID.
    ...deviceBulkRoutes(services),
    ...deviceRoutes(services),
    ...deviceDetailRoutes(services),
    ...interfaceRuleRoutes(services),
    ...monitorRoutes(services),
    ...monitorMetricRoutes(services),
    ...pluginRoutes(services),
    ...templateRoutes(services),
    ...(discovery ? discoveryProfileRoutes({ ...services, discovery }) : []),
    ...(discovery ? discoveredDeviceRoutes({ ...services, discovery }) : []),
    ...alertRuleRoutes(services),
    ...alertRoutes(services),
    ...channelRoutes(services),
    ...journalRoutes(services),
    ...settingsRoutes(services),
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
  const endpoints = endpointsOf(services);
  mountEndpoints(api, endpoints, {
    authenticator: auth.authenticator,
    rate,
    journal: repositories.journal,
    clock,
    logger,
  });
  mountDocs(api, app, () => openApiDocument(endpoints, API_BASE, services.version));
  app.route(API_BASE, api);
  const find: FindPrincipal = (context) => auth.authenticator.principalOf(credentialsOf(context), true);
  for (const path of ['/metrics', `${API_BASE}/metrics`]) app.get(path, ownMetrics(services, find));
  for (const { path, routes } of foreign(find)) app.route(path, routes);
  app.all('/api/*', () => problemResponse(new HttpProblem(404, 'There is nothing at this address.')));
  app.on(['GET', 'HEAD'], '/*', (context) => web.answer(context));
  app.notFound(() => problemResponse(new HttpProblem(404, 'There is nothing at this address.')));
  return app;
}

function mountDocs(api: Hono, app: Hono, make: () => OpenApiDocument): void {
  let made: { json: FixedText; html: FixedText } | undefined;
  const docs = () => {
    if (!made) {
      const document = make();
      made = {
        json: new FixedText(JSON.stringify(document), 'application/json'),
        html: new FixedText(docsPage(document, API_BASE), 'text/html; charset=utf-8'),
      };
    }
    return made;
  };
  const style = new FixedText(DOCS_STYLE, 'text/css; charset=utf-8');
  api.get('/openapi.json', (context) => docs().json.answer(context));
  app.get('/api/docs', (context) => docs().html.answer(context));
  app.get('/api/docs.css', (context) => style.answer(context));
}
