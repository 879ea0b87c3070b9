/** Undoes the content encoding of a body, with a bound on what it may grow to. */
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { type IngestLimits, limitReason } from './limits.ts';
import { SnappyError, unpackSnappy } from './snappy.ts';

export const CONTENT_ENCODINGS = ['identity', 'gzip', 'zstd', 'deflate', 'snappy'] as const;
export type ContentEncoding = (typeof CONTENT_ENCODINGS)[number];

/** The body cannot be read as what it says it is. Nothing of it was stored. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
}

const inflaters = {
  gzip: promisify(zlib.gunzip as (b: Uint8Array, o: zlib.ZlibOptions, done: Done) => void),
  deflate: promisify(zlib.inflate as (b: Uint8Array, o: zlib.ZlibOptions, done: Done) => void),
  zstd: promisify(zlib.zstdDecompress as (b: Uint8Array, o: zlib.ZstdOptions, done: Done) => void),
};
type Done = (error: Error | null, bytes: Buffer) => void;

/** Bodies unpacked at the same time: each may grow to the limit, and zlib's threads are also those of DNS and fsync. */
const AT_A_TIME = 2;
/** Pieces in which zlib hands over: a call of ours each, so neither too small nor, for small bodies, a waste. */
const SMALLEST_PIECE = 16 << 10;
const LARGEST_PIECE = 1 << 20;

let running = 0;
const waiting: (() => void)[] = [];

async function inflate(body: Uint8Array, encoding: keyof typeof inflaters, maxOutputLength: number): Promise<Buffer> {
  if (running < AT_A_TIME) running++;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    const chunkSize = Math.min(LARGEST_PIECE, Math.max(SMALLEST_PIECE, body.length * 4));
    return await inflaters[encoding](body, { maxOutputLength, chunkSize });
  } finally {
    // The place goes straight to the next in line.
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

/**
 * The plain bytes. zlib works in its own threads, so appends that need no unpacking overtake.
 * @throws BodyError
 */
export async function unpackBody(
  body: Uint8Array,
  encoding: ContentEncoding,
  limits: IngestLimits,
): Promise<Uint8Array> {
  if (encoding === 'identity') return body;
  try {
    if (encoding === 'snappy') return unpackSnappy(body, limits.unpackedBytes);
    return await inflate(body, encoding, limits.unpackedBytes);
  } catch (error) {
    if (error instanceof SnappyError) throw new BodyError(error.message, { cause: error });
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ERR_BUFFER_TOO_LARGE' ? limitReason(limits, 'unpackedBytes') : message;
    throw new BodyError(`the ${encoding} body cannot be unpacked: ${reason}`, { cause: error });
  }
}
