/**
 * The WebSocket `/api/v1/ws`: who is logged in subscribes to topics and hears what changes in the own tenant. A client
 * that reads too slowly is closed; it comes again and asks the API for what it missed. Sole importer of `ws`.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Authenticator } from '../auth/authenticator.ts';
import { may, type Principal } from '../auth/principal.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { TokenBuckets } from '../lib/token-bucket.ts';
import type { Live, LiveTopic } from '../model/live.ts';
import type { TenantId } from '../model/tenant.ts';
import { liveRequest } from './contract/live.ts';
import { isCrossOrigin, SESSION_COOKIE } from './request.ts';

export const LIVE_PATH = '/api/v1/ws';
const PING_INTERVAL_MS = 30_000;
const MAX_MESSAGE_BYTES = 4096;
/** What may wait for one slow reader. */
const MAX_WAITING_BYTES = 4 << 20;
const MAX_CLIENTS = 500;
/** Of these by one person or key, so that none keeps the others out. */
const MAX_CLIENTS_EACH = 50;
/** Messages and pings that one person or key may send in a window. */
const MESSAGES = { limit: 1000, windowMs: 60_000 } as const;

interface Client {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly principal: Principal;
  readonly topics: Set<LiveTopic>;
  isAlive: boolean;
}

export interface LiveHubOptions {
  readonly clock: Clock;
  readonly logger: Logger;
}

export class LiveHub implements Live {
  readonly #options: LiveHubOptions;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, clientTracking: false });
  readonly #clients = new Set<Client>();
  readonly #messages: TokenBuckets;

  constructor(options: LiveHubOptions) {
    this.#options = options;
    this.#messages = new TokenBuckets({ ...MESSAGES, clock: options.clock });
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  publish(tenant: TenantId, topic: LiveTopic, payload: unknown): void {
    let text: string | undefined;
    for (const client of this.#clients) {
      if (client.principal.tenant !== tenant || !client.topics.has(topic)) continue;
      text ??= JSON.stringify({ type: topic, payload });
      this.#send(client, text);
    }
  }

  wanted(tenant: TenantId, topic: LiveTopic): boolean {
    for (const client of this.#clients) {
      if (client.principal.tenant === tenant && client.topics.has(topic)) return true;
    }
    return false;
  }

  /** Takes over a request of an HTTP server's `upgrade` event. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, authenticator: Authenticator): void {
    socket.on('error', (error) => this.#options.logger.debug({ err: error }, 'A WebSocket could not be opened.'));
    const principal = principalOf(request, authenticator);
    const refusal = this.#refusal(request, principal);
    if (refusal !== undefined || !principal) {
      socket.end(`HTTP/1.1 ${refusal ?? '401 Unauthorized'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#welcome(webSocket, request, principal));
  }

  /** Finds dead connections and ended sessions until the signal; then closes all. */
  async start(signal: AbortSignal, authenticator: Authenticator): Promise<void> {
    while (!signal.aborted) {
      await this.#options.clock.sleep(PING_INTERVAL_MS, signal).catch(() => {});
      for (const client of this.#clients) {
        if (signal.aborted) client.socket.close(1001, 'the server stops');
        else if (!mayListen(principalOf(client.request, authenticator)))
          client.socket.close(4401, 'the session has ended');
        else if (client.isAlive) {
          client.isAlive = false;
          client.socket.ping();
        } else client.socket.terminate();
      }
    }
  }

  #refusal(request: IncomingMessage, principal: Principal | undefined): string | undefined {
    if ((request.url ?? '').split('?')[0] !== LIVE_PATH) return '404 Not Found';
    if (isCrossOrigin((name) => headerOf(request, name))) return '403 Forbidden';
    if (!principal) return '401 Unauthorized';
    if (!mayListen(principal)) return '403 Forbidden';
    if (this.#countOf(principal) >= MAX_CLIENTS_EACH) return '429 Too Many Requests';
    return this.#clients.size >= MAX_CLIENTS ? '503 Service Unavailable' : undefined;
  }

  #countOf({ kind, id }: Principal): number {
    return [...this.#clients].filter(({ principal }) => principal.kind === kind && principal.id === id).length;
  }

  #welcome(socket: WebSocket, request: IncomingMessage, principal: Principal): void {
    const client: Client = { socket, request, principal, topics: new Set(), isAlive: true };
    this.#clients.add(client);
    socket.on('close', () => this.#clients.delete(client));
    socket.on('error', (error) => this.#options.logger.debug({ err: error }, 'A WebSocket failed.'));
    socket.on('pong', () => {
      client.isAlive = true;
    });
    // Pongs go out by themselves: who sends pings and reads nothing would fill memory with them.
    socket.on('ping', () => this.#isFlooded(client));
    socket.on('message', (data, isBinary) => this.#hear(client, isBinary ? '' : data.toString()));
  }

  /** Sends, unless the client reads too slowly: then it goes. */
  #send(client: Client, text: string): void {
    if (client.socket.bufferedAmount > MAX_WAITING_BYTES) client.socket.close(1013, 'too slow: come again');
    else client.socket.send(text);
  }

  /** Takes one message into account; cuts off who sends too many. */
  #isFlooded(client: Client): boolean {
    if (client.socket.readyState !== client.socket.OPEN) return true;
    const { kind, id } = client.principal;
    if (this.#messages.take(`${kind}:${id}`) === 0) return false;
    client.socket.close(1008, 'too many messages');
    return true;
  }

  #hear(client: Client, text: string): void {
    if (this.#isFlooded(client)) return;
    const request = liveRequest.safeParse(parse(text));
    if (!request.success) {
      const detail = 'Send {"type": "subscribe" or "unsubscribe", "topics": […]}.';
      this.#send(client, JSON.stringify({ type: 'error', payload: { detail } }));
      return;
    }
    for (const topic of request.data.topics) {
      if (request.data.type === 'subscribe') client.topics.add(topic);
      else client.topics.delete(topic);
    }
    this.#send(client, JSON.stringify({ type: 'subscribed', payload: { topics: [...client.topics].sort() } }));
  }
}

function mayListen(principal: Principal | undefined): boolean {
  return principal !== undefined && may(principal, 'read');
}

function principalOf(request: IncomingMessage, authenticator: Authenticator): Principal | undefined {
  const cookies = (request.headers.cookie ?? '').split(/;\s*/);
  return authenticator.principalOf({
    cookieToken: cookies.find((cookie) => cookie.startsWith(`${SESSION_COOKIE}=`))?.slice(SESSION_COOKIE.length + 1),
    authorization: request.headers.authorization,
    apiKey: headerOf(request, 'x-api-key'),
  });
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is not a request; the schema says so to the client.
    return undefined;
  }
}
