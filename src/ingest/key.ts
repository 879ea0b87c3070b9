/**
 * The key of a row: measurement and tags as they stand on the wire in line protocol. Its bytes are hashed on the hot
 * path and taken apart only when the engine does not know them.
 */
import type { IngestLimits } from './limits.ts';
import { limitReason } from './limits.ts';

const BACKSLASH = 92;
const COMMA = 44;
const EQUALS = 61;
const SPACE = 32;

/** FNV-1a, 32 bits, signed so that it stays a small integer. */
export const HASH_SEED = 0x811c9dc5 | 0;
export const HASH_PRIME = 0x01000193;

export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = HASH_SEED;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, HASH_PRIME);
  return hash;
}

/** Row syntax that cannot be accepted; the message is for the sender. */
export class RowSyntaxError extends Error {
  override readonly name = 'RowSyntaxError';
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Unescaped text of a name or tag value. `escapable` are the characters that a backslash protects. */
export function unescapeName(
  bytes: Uint8Array,
  start: number,
  end: number,
  escapable: string,
  what: string,
  limits: IngestLimits,
): string {
  if (end === start) throw new RowSyntaxError(`empty ${what}`);
  if (end - start > limits.nameBytes) throw new RowSyntaxError(`${what}: ${limitReason(limits, 'nameBytes')}`);
  let escaped = false;
  for (let i = start; i < end; i++) {
    const c = bytes[i]!;
    if (c < 32 || c === 127)
      throw new RowSyntaxError(`control character 0x${c.toString(16).padStart(2, '0')} in ${what}`);
    if (c === BACKSLASH) escaped = true;
  }
  let text: string;
  try {
    text = utf8.decode(bytes.subarray(start, end));
  } catch {
    throw new RowSyntaxError(`${what} is not valid UTF-8`);
  }
  if (!escaped) return text;
  let plain = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    const next = text[i + 1];
    if (c === '\\' && next !== undefined && escapable.includes(next)) {
      plain += next;
      i++;
    } else plain += c;
  }
  return plain;
}

export interface RowKey {
  readonly measurement: string;
  /** Flattened name, value pairs in the order of the wire. */
  readonly tags: string[];
}

/** First unescaped `a` or `b` at or after `from`, else `end`. */
function findUnescaped(bytes: Uint8Array, from: number, end: number, a: number, b: number): number {
  let i = from;
  while (i < end) {
    const c = bytes[i]!;
    if (c === a || c === b) return i;
    const next = bytes[i + 1];
    // A backslash protects only what can be escaped; before anything else it is itself.
    i += c === BACKSLASH && i + 1 < end && (next === COMMA || next === EQUALS || next === SPACE) ? 2 : 1;
  }
  return end;
}

/** Takes apart the key bytes. @throws RowSyntaxError */
export function parseRowKey(bytes: Uint8Array, start: number, end: number, limits: IngestLimits): RowKey {
  let at = start;
  // `\=` is no escape in a measurement, but skipping both characters finds the same end.
  const measurementEnd = findUnescaped(bytes, at, end, COMMA, SPACE);
  const measurement = unescapeName(bytes, at, measurementEnd, ', ', 'measurement', limits);
  const tags: string[] = [];
  at = measurementEnd;
  while (at < end) {
    if (tags.length >= 2 * limits.tagsPerRow) throw new RowSyntaxError(limitReason(limits, 'tagsPerRow'));
    const nameStart = at + 1;
    const nameEnd = findUnescaped(bytes, nameStart, end, EQUALS, COMMA);
    if (nameEnd === end || bytes[nameEnd] !== EQUALS) {
      throw new RowSyntaxError(`tag ${excerpt(bytes, nameStart, nameEnd)} has no value`);
    }
    const name = unescapeName(bytes, nameStart, nameEnd, ',= ', 'tag name', limits);
    const valueEnd = findUnescaped(bytes, nameEnd + 1, end, COMMA, EQUALS);
    if (bytes[valueEnd] === EQUALS && valueEnd < end) {
      throw new RowSyntaxError(`unescaped = in the value of tag ${JSON.stringify(name)}`);
    }
    if (valueEnd === nameEnd + 1) throw new RowSyntaxError(`tag ${JSON.stringify(name)} has an empty value`);
    const value = unescapeName(bytes, nameEnd + 1, valueEnd, ',= ', 'tag value', limits);
    for (let i = 0; i < tags.length; i += 2) {
      if (tags[i] === name) throw new RowSyntaxError(`tag ${JSON.stringify(name)} appears twice`);
    }
    tags.push(name, value);
    at = valueEnd;
  }
  return { measurement, tags };
}

/** A quoted, shortened piece of the body for messages. */
export function excerpt(bytes: Uint8Array, start: number, end: number): string {
  const cut = Math.min(end, start + 40);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.max(0, cut - start)).toString('utf8');
  return JSON.stringify(cut < end ? `${text}…` : text);
}
