/**
 * Puts endpoints on a hono app: log-in, permission, origin, rate, parsing, handling, audit, errors. In this order, so
 * that nobody learns from an answer what only others may know.
 */
import type { Context, Hono } from 'hono';
import type { z } from 'zod';
import type { Authenticator } from '../auth/authenticator.ts';
import { actorOf, may, type Principal, roleOf } from '../auth/principal.ts';
import type { JournalRepository } from '../db/journal.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { TokenBuckets } from '../lib/token-bucket.ts';
import { DEFAULT_TENANT } from '../model/tenant.ts';
import { complaintOf } from './complaint.ts';
import { type Call, type Endpoint, Reply } from './endpoint.ts';
import { HttpProblem, invalid, problemOf, problemResponse } from './problem.ts';
import { redact } from './redact.ts';
import { credentialsOf, isCrossOrigin, remoteAddress } from './request.ts';

export interface DispatchOptions {
  readonly authenticator: Authenticator;
  readonly rate: TokenBuckets;
  readonly journal: JournalRepository;
  readonly clock: Clock;
  readonly logger: Logger;
}

const BODY_LIMIT_BYTES = 1 << 20;

type AuditEntry = Parameters<Call<unknown, unknown, unknown>['audit']>[0];

export function mountEndpoints(app: Hono, endpoints: readonly Endpoint[], options: DispatchOptions): void {
  for (const endpoint of endpoints) {
    app.on(endpoint.method.toUpperCase(), endpoint.path, (context) => answer(context, endpoint, options));
  }
}

async function answer(context: Context, endpoint: Endpoint, options: DispatchOptions): Promise<Response> {
  try {
    const principal = admit(context, endpoint, options);
    const call = {
      principal,
      params: parse(endpoint.params, context.req.param(), 'path'),
      query: parse(endpoint.query, queryOf(context), 'query'),
      body: await bodyOf(context, endpoint),
      address: remoteAddress(context),
      context,
    };
    let entry: AuditEntry = {};
    const audit = (more: AuditEntry) => {
      entry = { ...entry, ...more };
    };
    const result = await endpoint.handle({ ...call, audit } as Call<never, never, never>);
    if (endpoint.action !== undefined) writeAudit(endpoint.action, call, entry, options);
    return respond(endpoint, result);
  } catch (error) {
    return failure(error, context, options.logger);
  }
}

/** Who asks, if that is enough for this endpoint. @throws HttpProblem */
function admit(context: Context, endpoint: Endpoint, options: DispatchOptions): Principal | undefined {
  const principal = options.authenticator.principalOf(credentialsOf(context));
  takeFromRate(principal, context, options.rate);
  if (principal?.byCookie && endpoint.method !== 'get' && isCrossOrigin((name) => context.req.header(name))) {
    throw new HttpProblem(403, 'This request comes from a page of another origin.');
  }
  if (endpoint.allow === 'anyone') return principal;
  if (!principal) {
    const headers = { 'www-authenticate': 'Bearer realm="telltale"' };
    throw new HttpProblem(401, 'Log in first, or send an API key.', { headers });
  }
  if (endpoint.allow !== 'self' && !may(principal, endpoint.allow)) {
    throw new HttpProblem(403, `${roleOf(principal)} may not do this.`);
  }
  return principal;
}

function takeFromRate(principal: Principal | undefined, context: Context, rate: TokenBuckets): void {
  const key = principal ? `${principal.kind}:${principal.id}` : `address:${remoteAddress(context)}`;
  const waitMs = rate.take(key);
  if (waitMs === 0) return;
  const headers = { 'retry-after': String(Math.ceil(waitMs / 1000)) };
  throw new HttpProblem(429, 'Too many requests: 1000 a minute are allowed. Try again later.', { headers });
}

function parse(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value, { error: complaintOf });
  if (parsed.success) return parsed.data;
  // An ID that cannot be one is an ID that nothing has.
  if (where === 'path') throw new HttpProblem(404, 'There is nothing at this address.');
  throw invalid(parsed.error.issues, where);
}

function queryOf(context: Context): Record<string, string> {
  const entries = Object.entries(context.req.queries());
  const repeated = entries.find(([, values]) => values.length > 1);
  if (repeated) throw new HttpProblem(400, `The query names ${repeated[0]} twice.`);
  return Object.fromEntries(entries.map(([name, [value = '']]) => [name, value]));
}

async function bodyOf(context: Context, endpoint: Endpoint): Promise<unknown> {
  if (!endpoint.body) return undefined;
  const limit = endpoint.bodyLimitBytes ?? BODY_LIMIT_BYTES;
  const bytes = await readBody(context.req.raw, limit);
  if (bytes.length === 0) {
    if (endpoint.bodyOptional) return parse(endpoint.body, {}, 'body');
    throw new HttpProblem(400, 'The request has no body: JSON is needed.');
  }
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new HttpProblem(415, 'The body must be JSON: send the header Content-Type: application/json.');
  }
  return parse(endpoint.body, parseJson(bytes), 'body');
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : 'it is not UTF-8';
    throw new HttpProblem(400, `The body is not valid JSON: ${reason}`);
  }
}

async function readBody(request: Request, limitBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new HttpProblem(413, `The body must not be larger than ${limitBytes} bytes.`);
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) throw tooLarge();
  if (!request.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.length;
    if (size > limitBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function writeAudit(
  action: string,
  call: { principal: Principal | undefined; body: unknown; address: string },
  entry: AuditEntry,
  options: DispatchOptions,
): void {
  options.journal.addAudit({
    tenant_id: call.principal?.tenant ?? entry.tenant ?? DEFAULT_TENANT,
    at: new Date(options.clock.nowMs()),
    actor: entry.actor ?? (call.principal ? actorOf(call.principal) : 'nobody'),
    address: call.address === '' ? null : call.address,
    action,
    target: entry.target ?? null,
    detail: redact('detail' in entry ? entry.detail : call.body) ?? null,
  });
}

function respond(endpoint: Endpoint, result: unknown): Response {
  const reply = result instanceof Reply ? result : undefined;
  const value = reply ? reply.value : result;
  const headers = new Headers({ 'cache-control': 'no-store' });
  for (const cookie of reply?.cookies ?? []) headers.append('set-cookie', cookie);
  if (value === undefined) return new Response(null, { status: 204, headers });
  headers.set('content-type', 'application/json');
  return new Response(JSON.stringify(value), { status: reply?.status ?? endpoint.status ?? 200, headers });
}

/** What failed on our side is logged in full and told in general. */
export function failure(error: unknown, context: Context, logger: Logger): Response {
  const problem = problemOf(error);
  if (problem) return problemResponse(problem);
  logger.error({ err: error, method: context.req.method, path: context.req.path }, 'A request failed.');
  return problemResponse(new HttpProblem(500, 'Something went wrong here. The log of the server says what.'));
}
