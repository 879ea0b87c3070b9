/**
 * Reads the raw body of a request. With a known length the chunks go straight into one buffer, which can then be
 * transferred to the store thread: the only copy on the way.
 */
import type { IncomingMessage } from 'node:http';
import { BufferPool } from '../lib/buffer-pool.ts';

export type BodyRead =
  | { readonly kind: 'body'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'too_large' }
  /** The client went away or broke its promise about the length. */
  | { readonly kind: 'broken' }
  /** We stopped reading: no room for it, or it came too slowly. */
  | { readonly kind: 'given_up' };

export interface ReadBodyOptions {
  readonly limitBytes: number;
  /** Where the buffer comes from. */
  readonly pool?: BufferPool;
  /** Asked before a body of unknown length grows to so many bytes. */
  readonly hasRoom?: (bytes: number) => boolean;
  /** Ends the reading. */
  readonly signal?: AbortSignal;
}

/** Bytes that the client says it will send; undefined when it does not say. */
export function declaredLength(incoming: IncomingMessage): number | undefined {
  const text = incoming.headers['content-length'];
  return text === undefined ? undefined : Number(text);
}

/** The buffer, which comes from the pool, has at least one byte more than the body, for a terminator. */
export function readBody(incoming: IncomingMessage, options: ReadBodyOptions): Promise<BodyRead> {
  const length = declaredLength(incoming);
  if (length !== undefined && length > options.limitBytes) return Promise.resolve({ kind: 'too_large' });
  return length === undefined ? readUnknownLength(incoming, options) : readKnownLength(incoming, length, options);
}

function readKnownLength(
  incoming: IncomingMessage,
  length: number,
  { pool = new BufferPool(), signal }: ReadBodyOptions,
): Promise<BodyRead> {
  const bytes = new Uint8Array(pool.take(length + 1), 0, length);
  let at = 0;
  return collect(
    incoming,
    (chunk) => {
      // The HTTP parser never hands out more than the declared length.
      bytes.set(chunk, at);
      at += chunk.length;
      free(chunk);
      return undefined;
    },
    () => (at === length ? { kind: 'body', bytes } : { kind: 'broken' }),
    signal,
  );
}

function readUnknownLength(
  incoming: IncomingMessage,
  { limitBytes, pool = new BufferPool(), hasRoom = () => true, signal }: ReadBodyOptions,
): Promise<BodyRead> {
  const chunks: Buffer<ArrayBuffer>[] = [];
  let length = 0;
  return collect(
    incoming,
    (chunk) => {
      length += chunk.length;
      if (length > limitBytes) return { kind: 'too_large' };
      if (!hasRoom(length)) return { kind: 'given_up' };
      chunks.push(chunk);
      return undefined;
    },
    () => {
      const bytes = new Uint8Array(pool.take(length + 1), 0, length);
      let at = 0;
      for (const chunk of chunks) {
        bytes.set(chunk, at);
        at += chunk.length;
        free(chunk);
      }
      return { kind: 'body', bytes };
    },
    signal,
  );
}

/**
 * Frees the memory of a piece that was copied, if nothing else lies in it. Left to the garbage collector, the pieces of a
 * few dozen bodies are 64 MB of external memory, and that means a full collection for every few bodies.
 */
function free(chunk: Buffer<ArrayBuffer>): void {
  if (chunk.length > 0 && chunk.length === chunk.buffer.byteLength) chunk.buffer.transfer(0);
}

function collect(
  incoming: IncomingMessage,
  /** Undefined to go on. */
  take: (chunk: Buffer<ArrayBuffer>) => BodyRead | undefined,
  finish: () => BodyRead,
  signal: AbortSignal | undefined,
): Promise<BodyRead> {
  return new Promise((resolve) => {
    const end = (read: BodyRead) => {
      incoming.off('data', onData);
      incoming.off('end', onEnd);
      incoming.off('error', onClose);
      incoming.off('close', onClose);
      signal?.removeEventListener('abort', onAbort);
      resolve(read);
    };
    const onData = (chunk: Buffer<ArrayBuffer>) => {
      const read = take(chunk);
      if (!read) return;
      incoming.pause();
      end(read);
    };
    const onAbort = () => {
      incoming.pause();
      end({ kind: 'given_up' });
    };
    const onEnd = () => end(finish());
    const onClose = () => end({ kind: 'broken' });
    signal?.addEventListener('abort', onAbort, { once: true });
    incoming.on('data', onData);
    incoming.on('end', onEnd);
    incoming.on('error', onClose);
    incoming.on('close', onClose);
    if (incoming.destroyed && !incoming.readableEnded) onClose();
  });
}
