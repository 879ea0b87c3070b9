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
  | { readonly kind: 'broken' };

/** Bytes that the client says it will send; undefined when it does not say. */
export function declaredLength(incoming: IncomingMessage): number | undefined {
  const text = incoming.headers['content-length'];
  return text === undefined ? undefined : Number(text);
}

/** The buffer, which comes from the pool, has at least one byte more than the body, for a terminator. */
export function readBody(
  incoming: IncomingMessage,
  limitBytes: number,
  pool: BufferPool = new BufferPool(),
): Promise<BodyRead> {
  const length = declaredLength(incoming);
  if (length !== undefined && length > limitBytes) return Promise.resolve({ kind: 'too_large' });
  return length === undefined ? readUnknownLength(incoming, limitBytes, pool) : readKnownLength(incoming, length, pool);
}

function readKnownLength(incoming: IncomingMessage, length: number, pool: BufferPool): Promise<BodyRead> {
  const bytes = new Uint8Array(pool.take(length + 1), 0, length);
  let at = 0;
  return collect(
    incoming,
    (chunk) => {
      // The HTTP parser never hands out more than the declared length.
      bytes.set(chunk, at);
      at += chunk.length;
      return true;
    },
    () => (at === length ? { kind: 'body', bytes } : { kind: 'broken' }),
  );
}

function readUnknownLength(incoming: IncomingMessage, limitBytes: number, pool: BufferPool): Promise<BodyRead> {
  const chunks: Buffer[] = [];
  let length = 0;
  return collect(
    incoming,
    (chunk) => {
      length += chunk.length;
      if (length > limitBytes) return false;
      chunks.push(chunk);
      return true;
    },
    () => {
      const bytes = new Uint8Array(pool.take(length + 1), 0, length);
      let at = 0;
      for (const chunk of chunks) {
        bytes.set(chunk, at);
        at += chunk.length;
      }
      return { kind: 'body', bytes };
    },
  );
}

function collect(
  incoming: IncomingMessage,
  take: (chunk: Buffer) => boolean,
  finish: () => BodyRead,
): Promise<BodyRead> {
  return new Promise((resolve) => {
    const end = (read: BodyRead) => {
      incoming.off('data', onData);
      incoming.off('end', onEnd);
      incoming.off('error', onClose);
      incoming.off('close', onClose);
      resolve(read);
    };
    const onData = (chunk: Buffer) => {
      if (take(chunk)) return;
      incoming.pause();
      end({ kind: 'too_large' });
    };
    const onEnd = () => end(finish());
    const onClose = () => end({ kind: 'broken' });
    incoming.on('data', onData);
    incoming.on('end', onEnd);
    incoming.on('error', onClose);
    incoming.on('close', onClose);
    if (incoming.destroyed && !incoming.readableEnded) onClose();
  });
}
