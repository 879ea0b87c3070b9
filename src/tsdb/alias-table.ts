/**
 * From the raw key bytes of a row (measurement and tags as they stood on the wire) to its row group: open addressing
 * over hashes, key bytes in slabs. One row group may be known under several raw keys (tags in another order).
 *
 * A record is `hash, tenant, row group, length in bytes` (32 bits each) and the key bytes, zero-padded to whole words.
 * Pollers send rows in the same order again and again, so the record behind the one found last is tried before the
 * hash slots: then a look-up touches memory in ascending order only.
 */
import type { TenantId } from '../model/tenant.ts';

const SLAB_BITS = 18;
const SLAB_WORDS = 1 << SLAB_BITS;
const SLAB_MASK = SLAB_WORDS - 1;
const HEADER_WORDS = 4;
const DEAD = -1;

/** Longest raw key that is remembered, in bytes. Longer ones are looked up the slow way each time. */
export const MAX_ALIAS_BYTES = 65_535;

export class AliasTable {
  #slabs: Int32Array[] = [];
  /** Where the next record goes, in words over all slabs. */
  #end = 0;
  /** Pairs of hash and address + 1 (0 is free). */
  #slots = new Int32Array(2 * 1024);
  #mask = 1023;
  #used = 0;
  #deadWords = 0;
  #next = 0;
  #found = 0;
  #input: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));

  get count(): number {
    return this.#used;
  }

  /** The row group under this key, else -1. */
  find(tenant: TenantId, bytes: Uint8Array, start: number, end: number, hash: number): number {
    hash |= 0;
    if (bytes !== this.#input) {
      this.#input = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const expected = this.#next;
    if (expected < this.#end && this.#matches(expected, tenant, start, end, hash)) return this.#arrive(expected);
    const slots = this.#slots;
    const mask = this.#mask;
    for (let i = mix(hash) & mask; ; i = (i + 1) & mask) {
      const address = slots[2 * i + 1]! - 1;
      if (address < 0) return -1;
      if (slots[2 * i] === hash && this.#matches(address, tenant, start, end, hash)) return this.#arrive(address);
    }
  }

  /** Remembers a key that `find` does not know. */
  add(tenant: TenantId, bytes: Uint8Array, start: number, end: number, hash: number, group: number): void {
    const length = end - start;
    if (length > MAX_ALIAS_BYTES) return;
    const words = HEADER_WORDS + ((length + 3) >> 2);
    if ((this.#end & SLAB_MASK) + words > SLAB_WORDS) this.#end = (this.#end + SLAB_MASK) & ~SLAB_MASK;
    const address = this.#end;
    if (address >> SLAB_BITS >= this.#slabs.length) this.#slabs.push(new Int32Array(SLAB_WORDS));
    this.#end += words;
    const slab = this.#slabs[address >> SLAB_BITS]!;
    const at = address & SLAB_MASK;
    slab[at] = hash;
    slab[at + 1] = tenant;
    slab[at + 2] = group;
    slab[at + 3] = length;
    const own = new Uint8Array(slab.buffer, (at + HEADER_WORDS) * 4, length);
    own.set(bytes.subarray(start, end));
    if (++this.#used * 10 > (this.#mask + 1) * 7) this.#rehash((this.#mask + 1) * 2);
    else this.#place(hash | 0, address);
  }

  /** Lets the key that `find` found last lead to another row group. */
  repoint(group: number): void {
    this.#slabs[this.#found >> SLAB_BITS]![(this.#found & SLAB_MASK) + 2] = group;
  }

  /** Forgets the keys of all row groups for which `isGone` is true. */
  forget(isGone: (group: number) => boolean): void {
    this.#eachRecord((slab, at, words) => {
      if (slab[at + 2] !== DEAD && isGone(slab[at + 2]!)) {
        slab[at + 2] = DEAD;
        this.#deadWords += words;
        this.#used--;
      }
    });
    if (this.#deadWords * 2 > this.#end) this.#compact();
    this.#rehash(this.#mask + 1);
  }

  #matches(address: number, tenant: number, start: number, end: number, hash: number): boolean {
    const slab = this.#slabs[address >> SLAB_BITS]!;
    let at = address & SLAB_MASK;
    if (at + HEADER_WORDS > SLAB_WORDS) return false;
    if (slab[at] !== hash || slab[at + 1] !== tenant || slab[at + 3] !== end - start) return false;
    if (slab[at + 2] === DEAD) return false;
    at += HEADER_WORDS;
    const view = this.#view;
    const whole = end - 3;
    let i = start;
    for (; i < whole; i += 4) if (slab[at++] !== view.getInt32(i, true)) return false;
    if (i === end) return true;
    let last = 0;
    for (let shift = 0; i < end; i++, shift += 8) last |= view.getUint8(i) << shift;
    return slab[at] === last;
  }

  #arrive(address: number): number {
    const slab = this.#slabs[address >> SLAB_BITS]!;
    const at = address & SLAB_MASK;
    this.#found = address;
    this.#next = address + HEADER_WORDS + ((slab[at + 3]! + 3) >> 2);
    return slab[at + 2]!;
  }

  #place(hash: number, address: number): void {
    let i = mix(hash) & this.#mask;
    while (this.#slots[2 * i + 1] !== 0) i = (i + 1) & this.#mask;
    this.#slots[2 * i] = hash;
    this.#slots[2 * i + 1] = address + 1;
  }

  #rehash(size: number): void {
    this.#slots = new Int32Array(2 * size);
    this.#mask = size - 1;
    this.#next = 0;
    this.#eachRecord((slab, at, _words, address) => {
      if (slab[at + 2] !== DEAD) this.#place(slab[at]!, address);
    });
  }

  #compact(): void {
    const old = this.#slabs;
    const oldEnd = this.#end;
    this.#slabs = [];
    this.#end = 0;
    this.#deadWords = 0;
    eachRecord(old, oldEnd, (slab, at, words) => {
      if (slab[at + 2] === DEAD) return;
      if ((this.#end & SLAB_MASK) + words > SLAB_WORDS) this.#end = (this.#end + SLAB_MASK) & ~SLAB_MASK;
      if (this.#end >> SLAB_BITS >= this.#slabs.length) this.#slabs.push(new Int32Array(SLAB_WORDS));
      this.#slabs[this.#end >> SLAB_BITS]!.set(slab.subarray(at, at + words), this.#end & SLAB_MASK);
      this.#end += words;
    });
  }

  #eachRecord(visit: RecordVisitor): void {
    eachRecord(this.#slabs, this.#end, visit);
  }
}

type RecordVisitor = (slab: Int32Array, at: number, words: number, address: number) => void;

function eachRecord(slabs: readonly Int32Array[], end: number, visit: RecordVisitor): void {
  let address = 0;
  while (address < end) {
    const slab = slabs[address >> SLAB_BITS]!;
    const at = address & SLAB_MASK;
    // The rest of a slab that was too short for the next record is zero; no record has length 0.
    if (at + HEADER_WORDS > SLAB_WORDS || slab[at + 3] === 0) {
      address = (address & ~SLAB_MASK) + SLAB_WORDS;
      continue;
    }
    const words = HEADER_WORDS + ((slab[at + 3]! + 3) >> 2);
    visit(slab, at, words, address);
    address += words;
  }
}

/** Callers' hashes may be weak in their low bits. */
function mix(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  return (hash ^ (hash >>> 15)) >>> 0;
}
