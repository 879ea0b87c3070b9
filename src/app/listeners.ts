/**
 * The addresses that the server listens on. A port that serves TLS also hears plain HTTP: on loopback it is served (for
 * the person at the box), elsewhere it is sent on to https. Which one a connection speaks shows in its first byte
 * (RFC 8446 5.1: a TLS handshake record starts with 22).
 */
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { Certificate } from '../config/certificate.ts';
import type { ListenAddress } from '../config/settings.ts';

export interface ListenersOptions {
  readonly addresses: readonly ListenAddress[];
  readonly certificate: Certificate | undefined;
  readonly handle: http.RequestListener;
  readonly upgrade: (request: http.IncomingMessage, socket: Duplex, head: Buffer) => void;
}

export interface BoundAddress extends ListenAddress {
  readonly url: string;
}

/** An address cannot be had; the message says which and what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

const TLS_HANDSHAKE = 22;
const FIRST_BYTE_MS = 10_000;
const HEADERS_MS = 15_000;
/** Longest time that one request's body may take; a slow link sends its backlog in pieces. */
const REQUEST_MS = 300_000;
const DRAIN_MS = 1500;

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

export class Listeners {
  readonly #options: ListenersOptions;
  readonly #ports: net.Server[] = [];
  readonly #servers: (http.Server | https.Server)[] = [];
  readonly #secure: https.Server[] = [];
  readonly #silent = new Set<net.Socket>();

  constructor(options: ListenersOptions) {
    this.#options = options;
  }

  /** Binds every address. @throws ListenError; then none stays bound */
  async start(): Promise<readonly BoundAddress[]> {
    const bound: BoundAddress[] = [];
    try {
      for (const address of this.#options.addresses) bound.push(await this.#listen(address));
    } catch (error) {
      await this.stop();
      throw error;
    }
    return bound;
  }

  /** Takes no new connections, lets requests end, cuts the rest off after a while. */
  async stop(): Promise<void> {
    const closed = this.#ports.map((port) => new Promise<void>((resolve) => port.close(() => resolve())));
    for (const socket of this.#silent) socket.destroy();
    for (const server of this.#servers) server.closeIdleConnections();
    const idle = setInterval(() => {
      for (const server of this.#servers) server.closeIdleConnections();
    }, 50);
    const cut = setTimeout(() => {
      for (const server of this.#servers) server.closeAllConnections();
    }, DRAIN_MS);
    await Promise.all(closed);
    clearInterval(idle);
    clearTimeout(cut);
  }

  /** New connections get this certificate; those that are open go on. @throws Error when it cannot be served with */
  serveWith({ certificate, key }: Certificate): void {
    for (const server of this.#secure) server.setSecureContext({ cert: certificate, key });
  }

  async #listen(address: ListenAddress): Promise<BoundAddress> {
    const { certificate } = this.#options;
    const sentOn = certificate !== undefined && !isLoopback(address.host);
    const plain = this.#server(http.createServer(), sentOn ? sendToTls : this.#options.handle, !sentOn);
    const secure =
      certificate &&
      this.#server(
        https.createServer({
          cert: certificate.certificate,
          key: certificate.key,
          handshakeTimeout: HEADERS_MS,
        }),
        this.#options.handle,
        true,
      );
    if (secure) this.#secure.push(secure);
    const port = net.createServer({ noDelay: true, pauseOnConnect: secure !== undefined });
    port.on(
      'connection',
      secure ? (socket) => this.#sort(socket, plain, secure) : (socket) => plain.emit('connection', socket),
    );
    this.#ports.push(port);
    await bind(port, address);
    const { port: number } = port.address() as net.AddressInfo;
    const host = address.host.includes(':') ? `[${address.host}]` : address.host;
    const scheme = secure && !isLoopback(address.host) ? 'https' : 'http';
    return { host: address.host, port: number, url: `${scheme}://${host}:${number}` };
  }

  #server<T extends http.Server>(server: T, handle: http.RequestListener, upgrades: boolean): T {
    server.headersTimeout = HEADERS_MS;
    server.requestTimeout = REQUEST_MS;
    server.keepAliveTimeout = 65_000;
    server.on('request', handle);
    // Without a listener, a request to upgrade is a request like any other.
    if (upgrades) server.on('upgrade', this.#options.upgrade);
    // Connections come from `#sort`, this server binds nothing: its watch over slow and idle ones starts with this event.
    server.emit('listening');
    this.#servers.push(server);
    return server;
  }

  /** Waits for the first byte, then hands the connection to the server that speaks its protocol. */
  #sort(socket: net.Socket, plain: http.Server, secure: https.Server): void {
    this.#silent.add(socket);
    const give_up = () => socket.destroy();
    socket.setTimeout(FIRST_BYTE_MS, give_up);
    socket.on('error', give_up);
    socket.once('close', () => this.#silent.delete(socket));
    socket.once('readable', () => {
      const first: Buffer | null = socket.read(1);
      if (first === null) return;
      socket.unshift(first);
      socket.setTimeout(0);
      socket.off('timeout', give_up);
      socket.off('error', give_up);
      this.#silent.delete(socket);
      (first[0] === TLS_HANDSHAKE ? secure : plain).emit('connection', socket);
    });
  }
}

const sendToTls: http.RequestListener = (request, response) => {
  const target = request.headers.host;
  if (!target) response.writeHead(400).end();
  else response.writeHead(308, { location: `https://${target}${request.url}` }).end();
};

function bind(server: net.Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new ListenError(reasonOf(error, host, port), { cause: error })),
    );
    server.listen({ host, port }, resolve);
  });
}

function reasonOf(error: NodeJS.ErrnoException, host: string, port: number): string {
  const where = `${host}:${port}`;
  const remedy = 'Choose another with --listen HOST:PORT.';
  if (error.code === 'EADDRINUSE') return `Another program already listens on ${where}. ${remedy}`;
  if (error.code === 'EACCES')
    return `This user may not listen on ${where}: ports below 1024 need more rights. ${remedy}`;
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return `This machine has no address ${host}. ${remedy}`;
  }
  return `Cannot listen on ${where}: ${error.message}. ${remedy}`;
}
