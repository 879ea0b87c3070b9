/** What there is to know of a request beside its content: from where, over what, with which cookie. */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import type { Credentials } from '../auth/authenticator.ts';

const PROXY_HEADERS = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded', 'via', 'x-real-ip'];

export const SESSION_COOKIE = 'telltale_session';
const BROWSER_COOKIE = 'telltale_browser';

interface NodeBindings {
  readonly incoming?: Pick<IncomingMessage, 'socket' | 'httpVersion'>;
}

/** Address of the other end of the connection. What a proxy says of its client is not believed. */
export function remoteAddress(context: Context): string {
  const address = (context.env as NodeBindings | undefined)?.incoming?.socket.remoteAddress ?? '';
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

/**
 * Whether somebody at the machine itself asks: a loopback connection, to a loopback name (a page that made its own name
 * point here does not count), and not handed on by a proxy. Proxies that say nothing of themselves speak HTTP/1.0.
 */
export function isLocal(context: Context): boolean {
  const address = remoteAddress(context);
  const isLoopback = address === '::1' || address.startsWith('127.');
  const host = (context.req.header('host') ?? new URL(context.req.url).host).replace(/:\d+$/, '').toLowerCase();
  const isLoopbackName = host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
  const isOld = (context.env as NodeBindings | undefined)?.incoming?.httpVersion === '1.0';
  const isProxied = isOld || PROXY_HEADERS.some((name) => context.req.header(name) !== undefined);
  return isLoopback && isLoopbackName && !isProxied;
}

export function isTls(context: Context): boolean {
  const socket = (context.env as NodeBindings | undefined)?.incoming?.socket;
  const encrypted = socket !== undefined && 'encrypted' in socket && socket.encrypted === true;
  return encrypted || context.req.header('x-forwarded-proto') === 'https';
}

export function credentialsOf(context: Context): Credentials {
  return {
    cookieToken: getCookie(context, SESSION_COOKIE),
    authorization: context.req.header('authorization'),
    apiKey: context.req.header('x-api-key'),
  };
}

/** The session token that a person's request carries, if it does. */
export function sessionTokenOf(context: Context): string | undefined {
  const authorization = context.req.header('authorization');
  if (authorization !== undefined) return /^bearer\s+(\S+)$/i.exec(authorization)?.[1];
  return getCookie(context, SESSION_COOKIE);
}

/**
 * Whether a browser's page of another origin sends this. SameSite=Strict keeps the cookie from such requests already;
 * this holds where a browser does not, or where the other origin is another port of this very machine.
 */
export function isCrossOrigin(headers: (name: string) => string | undefined): boolean {
  const origin = headers('origin');
  if (origin === undefined) return headers('sec-fetch-site') === 'cross-site';
  if (!URL.canParse(origin)) return true;
  // A page cannot set these for a request to another origin without asking first, which is never allowed.
  const own = [headers('host'), headers('x-forwarded-host')];
  return !own.includes(new URL(origin).host);
}

/** `Set-Cookie` of a session, or of its end when no token is given. */
export function sessionCookie(context: Context, session: { token: string; expires_at: Date } | undefined): string {
  const value = session ? `${session.token}; Expires=${session.expires_at.toUTCString()}` : '; Max-Age=0';
  return `${SESSION_COOKIE}=${value}${attributesOf(context)}`;
}

/** The cookie of a browser in which somebody has logged in before. */
export function browserCookieOf(context: Context): string | undefined {
  return getCookie(context, BROWSER_COOKIE);
}

/** `Set-Cookie` of a browser that is to be known again for so long. */
export function browserCookie(context: Context, text: string, maxAgeMs: number): string {
  return `${BROWSER_COOKIE}=${text}; Max-Age=${maxAgeMs / 1000}${attributesOf(context)}`;
}

const attributesOf = (context: Context): string =>
  `; Path=/; HttpOnly; SameSite=Strict${isTls(context) ? '; Secure' : ''}`;
