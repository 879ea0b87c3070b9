/**
 * The web pages: files that are embedded in the executable, each with an ETag and in the encoding the browser likes
 * best. Files named after their content are kept for a year; every other path that is no file is a page of the app and
 * gets `index.html`.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Context } from 'hono';
import { type Bytes, type Encoding, encode, isKnown, preferredEncoding } from './negotiation.ts';
import { HttpProblem, problemResponse } from './problem.ts';

/** The bundled pages, by path without a leading slash; `x.br` and `x.gz` are `x` compressed. */
export interface WebFiles {
  readonly names: readonly string[];
  read(name: string): Uint8Array;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};
const COMPRESSED_ALREADY = new Set(['.png', '.ico', '.woff2']);
/** `app-3F9A2C1B.js`: the name changes with the content. */
const HASHED_NAME = /-[A-Za-z0-9_]{8,}\.[a-z0-9]+$/;

export class StaticWeb {
  readonly #files: WebFiles;
  readonly #names: ReadonlySet<string>;
  /** A few hundred kilobytes in all: made once, kept. */
  readonly #bodies = new Map<string, Promise<Bytes>>();
  readonly #tags = new Map<string, string>();

  constructor(files: WebFiles) {
    this.#files = files;
    this.#names = new Set(files.names);
  }

  /** Answers GET and HEAD. */
  async answer(context: Context): Promise<Response> {
    const wanted = context.req.path.slice(1);
    const name = this.#isFile(wanted) ? wanted : path.posix.extname(wanted) === '' ? 'index.html' : undefined;
    if (name === undefined || !this.#names.has(name))
      return problemResponse(new HttpProblem(404, 'There is nothing at this address.'));
    const extension = path.posix.extname(name);
    const encoding = COMPRESSED_ALREADY.has(extension) ? 'identity' : preferredEncoding(context);
    const etag = `"${this.#tagOf(name)}-${encoding}"`;
    const headers: Record<string, string> = {
      etag,
      'cache-control': HASHED_NAME.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'Accept-Encoding',
    };
    if (isKnown(context, etag)) return new Response(null, { status: 304, headers });
    const body = await this.#bodyOf(name, encoding);
    headers['content-type'] = TYPES[extension] ?? 'application/octet-stream';
    headers['content-length'] = String(body.length);
    if (encoding !== 'identity') headers['content-encoding'] = encoding;
    return new Response(context.req.method === 'HEAD' ? null : body, { headers });
  }

  #isFile(name: string): boolean {
    return this.#names.has(name) && !name.endsWith('.br') && !name.endsWith('.gz');
  }

  #tagOf(name: string): string {
    let tag = this.#tags.get(name);
    if (tag === undefined) {
      tag = createHash('sha256').update(this.#files.read(name)).digest('base64url').slice(0, 16);
      this.#tags.set(name, tag);
    }
    return tag;
  }

  #bodyOf(name: string, encoding: Encoding): Promise<Bytes> {
    const key = `${encoding}:${name}`;
    let body = this.#bodies.get(key);
    if (!body) {
      body = this.#make(name, encoding);
      this.#bodies.set(key, body);
    }
    return body;
  }

  /** From the file that the build compressed; where there is none (from sources), compressed now. */
  async #make(name: string, encoding: Encoding): Promise<Bytes> {
    const compressed = `${name}.${encoding === 'gzip' ? 'gz' : 'br'}`;
    if (encoding !== 'identity' && this.#names.has(compressed)) return new Uint8Array(this.#files.read(compressed));
    const plain = this.#files.read(name);
    return encode(plain, encoding);
  }
}
