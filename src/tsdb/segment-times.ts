/**
 * Times that many row groups share: all that a poll brings has one timestamp. Each distinct column of times is written
 * once a segment; this remembers the encoded ones (bounded) and finds equal ones again, byte by byte.
 */

import { ByteStream } from '../lib/byte-stream.ts';
import { equalBytes } from '../lib/bytes.ts';
import { crc32c } from '../lib/crc32c.ts';

/** Beyond this all are forgotten and new ones remembered: costs some sharing, never correctness. */
const LIMIT_BYTES = 8 * 2 ** 20;

export class SharedTimes {
  readonly #arena = new ByteStream(4096);
  /** Checksum → places in the arena, flattened: start, length, number. */
  readonly #known = new Map<number, number[]>();
  #count = 0;

  /** How many distinct ones there were. */
  get count(): number {
    return this.#count;
  }

  /** Number of the equal column already written, or -1. */
  find(encoded: Uint8Array, length: number): number {
    const places = this.#known.get(crc32c(encoded, 0, length));
    if (places === undefined) return -1;
    const arena = this.#arena.bytes;
    for (let p = 0; p < places.length; p += 3) {
      if (places[p + 1] === length && equalBytes(arena, places[p]!, encoded, 0, length)) return places[p + 2]!;
    }
    return -1;
  }

  /** Remembers a new one; returns its number. */
  add(encoded: Uint8Array, length: number): number {
    if (this.#arena.length + length > LIMIT_BYTES) {
      this.#arena.clear();
      this.#known.clear();
    }
    const checksum = crc32c(encoded, 0, length);
    const places = this.#known.get(checksum) ?? [];
    places.push(this.#arena.length, length, this.#count);
    this.#known.set(checksum, places);
    this.#arena.append(encoded.subarray(0, length));
    return this.#count++;
  }
}
