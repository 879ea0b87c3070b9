/** Logging in and out, and who is logged in. */
import type { Context } from 'hono';
import { KNOWN_FOR_MS } from '../../auth/known-browsers.ts';
import type { Attempt, Lock } from '../../auth/login-guard.ts';
import { may, PERMISSIONS, type Permission } from '../../auth/principal.ts';
import type { NewSession } from '../../auth/sessions.ts';
import type { UserRecord } from '../../db/users.ts';
import { DEFAULT_TENANT } from '../../model/tenant.ts';
import { loginAnswer, loginInput, me, passwordChange, setupInput, setupState } from '../contract/session.ts';
import { type Endpoint, endpoint, principalOf, Reply } from '../endpoint.ts';
import { HttpProblem } from '../problem.ts';
import { browserCookie, browserCookieOf, isCrossOrigin, isLocal, sessionCookie, sessionTokenOf } from '../request.ts';
import type { Services } from '../services.ts';
import { presentUser } from './users.ts';

/** Of a body from somebody who is not logged in: names and passwords are short. */
const CREDENTIALS_BYTES = 16 << 10;

export function sessionRoutes(services: Pick<Services, 'auth' | 'repositories' | 'clock'>): Endpoint[] {
  const { auth, repositories, clock } = services;
  return [
    endpoint({
      method: 'post',
      path: '/auth/login',
      tag: 'session',
      summary: 'Log in; answers a bearer token and sets the session cookie, both good for 24 hours',
      allow: 'anyone',
      action: 'login',
      body: loginInput,
      bodyLimitBytes: CREDENTIALS_BYTES,
      answer: loginAnswer,
      async handle({ body, address, context, audit }) {
        refuseOtherOrigins(context);
        const { username, password } = body;
        const known = auth.browsers.recognise(browserCookieOf(context), username);
        const outcome = await auth.login.attempt({ username, address, isLocal: isLocal(context), known }, password);
        if (outcome.kind === 'locked') throw tooManyAttempts(outcome.lock);
        if (outcome.kind === 'refused') {
          repositories.journal.addAudit({
            tenant_id: outcome.user?.tenant_id ?? DEFAULT_TENANT,
            at: new Date(clock.nowMs()),
            actor: `user:${username}`,
            address: address === '' ? null : address,
            action: 'login.failed',
            target: null,
            detail: null,
          });
          throw new HttpProblem(401, 'The user name or the password is wrong.');
        }
        audit({ actor: `user:${outcome.user.username}`, tenant: outcome.user.tenant_id, detail: null });
        return loggedIn(services, context, outcome.user, outcome.session);
      },
    }),
    endpoint({
      method: 'post',
      path: '/auth/logout',
      tag: 'session',
      summary: 'End this session',
      allow: 'self',
      action: 'logout',
      handle({ context }) {
        const token = sessionTokenOf(context);
        if (token !== undefined) auth.sessions.end(token);
        return new Reply(undefined, { cookies: [sessionCookie(context, undefined)] });
      },
    }),
    endpoint({
      method: 'get',
      path: '/auth/me',
      tag: 'session',
      summary: 'Who is logged in, and what the role allows',
      allow: 'self',
      answer: me,
      handle(call) {
        const principal = principalOf(call);
        const user = principal.kind === 'user' ? repositories.users.get(principal.tenant, principal.id) : undefined;
        const tenant = repositories.tenants.get(principal.tenant);
        return {
          user: user ? shownUser(repositories, user) : null,
          api_key: principal.kind === 'api_key' ? { id: principal.id, name: principal.name } : null,
          role: principal.role,
          tenant: { id: principal.tenant, name: tenant?.name ?? '' },
          permissions: (Object.keys(PERMISSIONS) as Permission[]).filter((permission) => may(principal, permission)),
        };
      },
    }),
    endpoint({
      method: 'post',
      path: '/auth/password',
      tag: 'session',
      summary: "Change one's own password; other sessions end",
      allow: 'self',
      action: 'user.password',
      body: passwordChange,
      async handle(call) {
        const principal = principalOf(call);
        const user = principal.kind === 'user' ? repositories.users.get(principal.tenant, principal.id) : undefined;
        if (!user) throw new HttpProblem(403, 'An API key has no password.');
        // Who is logged in is held up by nobody but himself.
        const attempt: Attempt = { username: user.username, address: call.address, known: 'logged in' };
        const lock = auth.guard.lock(attempt);
        if (lock) throw tooManyAttempts(lock);
        // Counted before it is known, as at log-in: attempts sent all at once must not pass together.
        auth.guard.failed(attempt);
        const { current_password: current, new_password: wanted } = call.body;
        if (!(await auth.people.changePassword(user, current, wanted, sessionTokenOf(call.context)))) {
          const message = 'is not the current password';
          throw new HttpProblem(400, `current_password: ${message}`, {
            errors: [{ path: 'current_password', message }],
          });
        }
        auth.guard.succeeded(attempt);
        call.audit({ target: `users/${user.id}`, detail: null });
        return undefined;
      },
    }),
  ];
}

export function setupRoutes(services: Pick<Services, 'auth' | 'repositories'>): Endpoint[] {
  const { auth } = services;
  return [
    endpoint({
      method: 'get',
      path: '/setup',
      tag: 'session',
      summary: 'Whether the first administrator is still to be made, and whether the set-up code is needed for it',
      allow: 'anyone',
      answer: setupState,
      handle({ context }) {
        const needed = auth.firstRun.needed();
        return { needed, code_required: needed && !isLocal(context) };
      },
    }),
    endpoint({
      method: 'post',
      path: '/setup',
      tag: 'session',
      summary: 'First run: make the administrator and log in',
      allow: 'anyone',
      action: 'setup',
      body: setupInput,
      bodyLimitBytes: CREDENTIALS_BYTES,
      answer: loginAnswer,
      status: 201,
      async handle({ body, address, context, audit }) {
        refuseOtherOrigins(context);
        if (!auth.firstRun.needed())
          throw new HttpProblem(409, 'The first run is over: an administrator exists. Log in.');
        if (!isLocal(context)) checkCode(auth, body.setup_code, address);
        const user = await auth.people.createFirst(DEFAULT_TENANT, body.username, body.password);
        audit({ actor: 'setup', target: `users/${user.id}`, detail: { username: user.username } });
        const { session } = auth.login.begin(user);
        return loggedIn(services, context, user, session);
      },
    }),
  ];
}

function checkCode(auth: Services['auth'], code: string | undefined, address: string): void {
  // Not the name of anybody: those hold no spaces.
  const attempt: Attempt = { username: 'set-up code', address };
  const lock = auth.guard.lock(attempt);
  if (lock) throw tooManyAttempts(lock);
  if (code !== undefined && auth.firstRun.accepts(code)) return;
  const message =
    code === undefined
      ? 'is needed from another machine: the server printed it when it started'
      : 'is not the one that the server printed when it started';
  if (code !== undefined) auth.guard.failed(attempt);
  throw new HttpProblem(403, `setup_code ${message}`, { errors: [{ path: 'setup_code', message }] });
}

/** Log-in by a foreign page would put the browser into somebody else's session. */
function refuseOtherOrigins(context: Context): void {
  if (isCrossOrigin((name) => context.req.header(name))) {
    throw new HttpProblem(403, 'This request comes from a page of another origin.');
  }
}

function tooManyAttempts({ waitMs, isShared }: Lock): HttpProblem {
  const retryAfterS = Math.ceil(waitMs / 1000);
  const headers = { 'retry-after': String(retryAfterS) };
  const wayOut = isShared ? ', or use a browser that has logged in before, or one on the server itself' : '';
  return new HttpProblem(429, `Too many wrong attempts: try again in ${retryAfterS} seconds${wayOut}.`, { headers });
}

const shownUser = (repositories: Services['repositories'], user: UserRecord) =>
  presentUser(user, repositories.apiKeys.namesOfOwner(user.tenant_id, user.id).length);

function loggedIn(
  { auth, repositories }: Pick<Services, 'auth' | 'repositories'>,
  context: Context,
  user: UserRecord,
  session: NewSession,
) {
  const value = { ...session, user: shownUser(repositories, user) };
  const known = browserCookie(context, auth.browsers.remember(user.username), KNOWN_FOR_MS);
  return new Reply(value, { cookies: [sessionCookie(context, session), known] });
}
