/** What an answer may be spared: bytes by compressing it, all of it when the browser has it already. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { Context } from 'hono';

export type Encoding = 'br' | 'gzip' | 'identity';
export type Bytes = Uint8Array<ArrayBuffer>;

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

/** The encoding that the client likes best of those that there are. */
export function preferredEncoding(context: Context): Encoding {
  const names = (context.req.header('accept-encoding') ?? '')
    .split(',')
    .map((entry) => entry.trim().split(';'))
    .filter(([, q]) => q?.replaceAll(' ', '') !== 'q=0')
    .map(([name]) => name);
  if (names.includes('br')) return 'br';
  return names.includes('gzip') ? 'gzip' : 'identity';
}

/** Whether the client has what the tag stands for. */
export function isKnown(context: Context, etag: string): boolean {
  const tags = (context.req.header('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}

export async function encode(plain: Uint8Array, encoding: Encoding): Promise<Bytes> {
  if (encoding === 'br') {
    return new Uint8Array(await brotli(plain, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } }));
  }
  return new Uint8Array(encoding === 'gzip' ? await gzip(plain) : plain);
}

/** A text that stays the same while the process runs: compressed once an encoding, and not sent to who has it. */
export class FixedText {
  readonly #text: string;
  readonly #type: string;
  readonly #tag: string;
  readonly #bodies = new Map<Encoding, Promise<Bytes>>();

  constructor(text: string, type: string) {
    this.#text = text;
    this.#type = type;
    this.#tag = createHash('sha256').update(text).digest('base64url').slice(0, 16);
  }

  async answer(context: Context): Promise<Response> {
    const encoding = preferredEncoding(context);
    const etag = `"${this.#tag}-${encoding}"`;
    const headers: Record<string, string> = { etag, 'cache-control': 'no-cache', vary: 'Accept-Encoding' };
    if (isKnown(context, etag)) return new Response(null, { status: 304, headers });
    const body = this.#bodies.get(encoding) ?? encode(new TextEncoder().encode(this.#text), encoding);
    this.#bodies.set(encoding, body);
    headers['content-type'] = this.#type;
    if (encoding !== 'identity') headers['content-encoding'] = encoding;
    return new Response(await body, { headers });
  }
}
