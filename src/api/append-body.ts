/**
 * From an HTTP request to `Store.append`: encoding, size limits, credits. Main only moves bytes here: unpacking and
 * parsing happen in the store thread.
 */

import type { Context } from 'hono';
import type { BufferPool } from '../lib/buffer-pool.ts';
import { ByteBudget } from '../lib/byte-budget.ts';
import type { TenantId } from '../model/tenant.ts';
import type { AppendAnswer, ContentEncoding, IngestFormat, Store, TimePrecision } from '../store/store.ts';
import { declaredLength, readBody } from './body.ts';
import { nodeObjects } from './metric-access.ts';

/** Credit for a body whose length is not known beforehand, and by how much it grows. */
const STEP_BYTES = 1 << 20;
/** A body that takes longer to arrive gives its credit up as soon as others wait for it. */
const PATIENCE_MS = 5000;
const WATCH_MS = 1000;

const GIVEN_UP = 'the body came slowly while others waited for room: send it again, in smaller pieces';
const RETRY_AFTER_S = 5;

const SMALL_BYTES = 32 << 20;
const LARGE_BYTES = 96 << 20;

const ENCODINGS: Readonly<Record<string, ContentEncoding>> = {
  '': 'identity',
  identity: 'identity',
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  zstd: 'zstd',
  snappy: 'snappy',
};

/** Bodies that are held at the same time, from the first byte until they are stored. Large ones do not block small ones. */
export interface BodyCredits {
  readonly small: ByteBudget;
  readonly large: ByteBudget;
}

export function bodyCredits(): BodyCredits {
  return { small: new ByteBudget(SMALL_BYTES), large: new ByteBudget(LARGE_BYTES) };
}

export interface AppendBodyOptions {
  readonly store: Pick<Store, 'append'>;
  readonly credits: BodyCredits;
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
  const heldBytes = length ?? STEP_BYTES;
  const lane = heldBytes <= STEP_BYTES ? credits.small : credits.large;
  // Nothing is read from the socket before there is room: that is how a busy store slows its senders.
  const releases = [lane.tryTake(heldBytes) ?? (await lane.take(heldBytes))];
  let creditBytes = heldBytes;
  const hasCredit = (bytes: number): boolean => {
    for (; bytes > creditBytes; creditBytes += STEP_BYTES) {
      const more = credits.large.tryTake(STEP_BYTES);
      // Waiting here, with what is held already, could be for ever.
      if (!more) return false;
      releases.push(more);
    }
    return true;
  };
  const slow = new AbortController();
  const beganMs = performance.now();
  const watch = setInterval(() => {
    const areWaiting = lane.waitingCount > 0 || (creditBytes > heldBytes && credits.large.waitingCount > 0);
    if (areWaiting && performance.now() - beganMs >= PATIENCE_MS) slow.abort();
  }, WATCH_MS);
  try {
    const read = await readBody(incoming, { limitBytes, pool: buffers, hasRoom: hasCredit, signal: slow.signal });
    clearInterval(watch);
    if (read.kind === 'too_large') return { kind: 'too_large', limitBytes };
    if (read.kind === 'broken') return read;
    if (read.kind === 'given_up') return { kind: 'unavailable', reason: GIVEN_UP, retryAfterS: RETRY_AFTER_S };
    const recycle = (buffer: ArrayBuffer) => buffers.give(buffer);
    return await store.append({ tenant, format, encoding, precision, durable, body: read.bytes, recycle });
  } finally {
    clearInterval(watch);
    for (const release of releases) release();
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
