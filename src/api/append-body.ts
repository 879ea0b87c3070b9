/**
 * From an HTTP request to `Store.append`: encoding, size limits, credits. Main only moves bytes here: unpacking and
 * parsing happen in the store thread.
 */

import type { Context } from 'hono';
import type { BufferPool } from '../lib/buffer-pool.ts';
import type { ByteBudget } from '../lib/byte-budget.ts';
import type { TenantId } from '../model/tenant.ts';
import type { AppendAnswer, ContentEncoding, IngestFormat, Store, TimePrecision } from '../store/store.ts';
import { declaredLength, readBody } from './body.ts';
import { nodeObjects } from './metric-access.ts';

/** Credit for a body whose length is not known beforehand. */
const UNKNOWN_LENGTH_BYTES = 8 << 20;

const ENCODINGS: Readonly<Record<string, ContentEncoding>> = {
  '': 'identity',
  identity: 'identity',
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  zstd: 'zstd',
  snappy: 'snappy',
};

export interface AppendBodyOptions {
  readonly store: Pick<Store, 'append'>;
  /** Bodies that are held at the same time, from the first byte until they are stored. */
  readonly credits: ByteBudget;
  readonly limitBytes: number;
  /** Where bodies are read into. */
  readonly buffers: BufferPool;
}

export interface AppendBodyRequest {
  readonly tenant: TenantId;
  readonly format: IngestFormat;
  readonly precision: TimePrecision;
  readonly durable: boolean;
  /** Of a body that does not say. */
  readonly defaultEncoding: ContentEncoding;
}

export type AppendBodyAnswer =
  | AppendAnswer
  | { readonly kind: 'too_large'; readonly limitBytes: number }
  | { readonly kind: 'unknown_encoding'; readonly encoding: string }
  /** The client is gone: nobody reads the answer. */
  | { readonly kind: 'broken' };

/** `?durable=true`: answer after the sync to disk, for senders that then delete their own copy. */
export function wantsDurable(context: Context): boolean {
  return context.req.query('durable') === 'true';
}

export async function appendBody(
  context: Context,
  request: AppendBodyRequest,
  options: AppendBodyOptions,
): Promise<AppendBodyAnswer> {
  const { incoming } = nodeObjects(context);
  const { tenant, format, precision, durable } = request;
  const { credits, limitBytes, store, buffers } = options;
  const wanted = incoming.headers['content-encoding']?.toLowerCase();
  const encoding = wanted === undefined ? request.defaultEncoding : ENCODINGS[wanted];
  if (encoding === undefined) return { kind: 'unknown_encoding', encoding: wanted ?? '' };
  const length = declaredLength(incoming);
  if (length !== undefined && length > limitBytes) return { kind: 'too_large', limitBytes };
  const heldBytes = length ?? UNKNOWN_LENGTH_BYTES;
  // Nothing is read from the socket before there is room: that is how a busy store slows its senders.
  const release = credits.tryTake(heldBytes) ?? (await credits.take(heldBytes));
  try {
    const read = await readBody(incoming, limitBytes, buffers);
    if (read.kind === 'too_large') return { kind: 'too_large', limitBytes };
    if (read.kind === 'broken') return read;
    const recycle = (buffer: ArrayBuffer) => buffers.give(buffer);
    return await store.append({ tenant, format, encoding, precision, durable, body: read.bytes, recycle });
  } finally {
    release();
  }
}

export interface AppendDescription {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Status and sentence of an append's answer, whatever dress it then gets. */
export function describeAppend(answer: AppendBodyAnswer): AppendDescription {
  const headers = {};
  switch (answer.kind) {
    case 'done':
      return answer.refusedRows === 0
        ? { status: 204, text: '', headers }
        : { status: 400, text: partialWriteMessage(answer), headers };
    case 'bad_body':
      return { status: 400, text: answer.reason, headers };
    case 'broken':
      return { status: 400, text: 'the body ended too early', headers };
    case 'unknown_encoding':
      return {
        status: 415,
        text: `content encoding ${JSON.stringify(answer.encoding)} is not known; known are gzip, zstd, deflate, snappy`,
        headers,
      };
    case 'too_large':
      return {
        status: 413,
        text: `the body is larger than ${answer.limitBytes} bytes (setting max_body_size)`,
        headers,
      };
    case 'unavailable':
      return { status: 503, text: answer.reason, headers: { 'retry-after': String(answer.retryAfterS) } };
  }
}

/** `partial write: N accepted, M refused: line k: reason; line l: reason` */
function partialWriteMessage(answer: Extract<AppendAnswer, { kind: 'done' }>): string {
  const reasons = answer.refusals.map(({ line, reason }) => `line ${line}: ${reason}`).join('; ');
  return `partial write: ${answer.acceptedRows} accepted, ${answer.refusedRows} refused: ${reasons}`;
}
