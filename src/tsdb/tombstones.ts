/**
 * Row groups that were deleted: durable, one line a deletion. A deletion covers what was stored up to a sequence number
 * of segments and up to a file of the log; the same identity may come back later and is another row group then.
 *
 * File `tombstones`: lines of CRC-32 in hexadecimal, a space, and JSON. A last line without an end was not acknowledged
 * and is written over; a damaged one costs its own deletion alone.
 */
import path from 'node:path';
import zlib from 'node:zlib';
import type { Disk } from '../lib/disk.ts';
import type { TenantId } from '../model/tenant.ts';
import { readSmallFile, writeSmallFile } from './folder.ts';

export interface Tombstone {
  readonly tenant: TenantId;
  readonly measurement: string;
  /** Name, value, …, sorted by name. */
  readonly tags: readonly string[];
  /** Segments up to this sequence number are covered. */
  readonly sequence: number;
  /** Log files up to this number are covered. */
  readonly wal: number;
}

const FILE = 'tombstones';
const NEWLINE = 10;

export class Tombstones {
  readonly #disk: Disk;
  readonly #file: string;
  readonly #byIdentity = new Map<string, Tombstone>();
  #damagedLines = 0;
  /** Bytes of whole lines. */
  #sizeBytes = 0;

  private constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#file = path.join(folder, FILE);
  }

  static open(disk: Disk, folder: string): Tombstones {
    const tombstones = new Tombstones(disk, folder);
    if (!disk.exists(tombstones.#file)) return tombstones;
    const bytes = readSmallFile(disk, tombstones.#file);
    tombstones.#sizeBytes = bytes.lastIndexOf(NEWLINE) + 1;
    const lines = bytes.toString('utf8', 0, tombstones.#sizeBytes).split('\n');
    for (const line of lines.slice(0, -1)) {
      const entry = parseLine(line);
      if (!entry) tombstones.#damagedLines++;
      else tombstones.#byIdentity.set(identityKey(entry.tenant, entry.measurement, entry.tags), entry);
    }
    return tombstones;
  }

  get count(): number {
    return this.#byIdentity.size;
  }

  /** Lines that could not be read: what they deleted may be seen again. */
  get damagedLines(): number {
    return this.#damagedLines;
  }

  /** Greatest sequence number that a deletion covers. */
  get lastSequence(): number {
    let last = 0;
    for (const { sequence } of this.#byIdentity.values()) last = Math.max(last, sequence);
    return last;
  }

  /** Greatest number of a log file that a deletion covers. */
  get lastWal(): number {
    let last = 0;
    for (const { wal } of this.#byIdentity.values()) last = Math.max(last, wal);
    return last;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Remembers deletions, on the disk when this returns. */
  add(entries: readonly Tombstone[]): void {
    const bytes = Buffer.from(entries.map(lineOf).join(''), 'utf8');
    const handle = this.#disk.open(this.#file, 'append');
    try {
      handle.write(bytes, this.#sizeBytes);
      handle.fsync();
      if (this.#sizeBytes === 0) this.#disk.fsyncFolder(path.dirname(this.#file));
    } catch (error) {
      // A deletion that was refused must not come true at the next start.
      handle.truncate(this.#sizeBytes);
      throw error;
    } finally {
      handle.close();
    }
    this.#sizeBytes += bytes.length;
    for (const entry of entries) this.#byIdentity.set(identityKey(entry.tenant, entry.measurement, entry.tags), entry);
  }

  /** The deletion of an identity, if there was one. */
  find(tenant: TenantId, measurement: string, tags: readonly string[]): Tombstone | undefined {
    return this.#byIdentity.size === 0 ? undefined : this.#byIdentity.get(identityKey(tenant, measurement, tags));
  }

  /** Forgets deletions of which nothing is left in segments from `oldestSequence` or log files from `oldestWal` on. */
  prune(oldestSequence: number, oldestWal: number): void {
    const before = this.#byIdentity.size;
    for (const [key, entry] of this.#byIdentity) {
      if (entry.sequence < oldestSequence && entry.wal < oldestWal) this.#byIdentity.delete(key);
    }
    if (this.#byIdentity.size === before) return;
    const text = [...this.#byIdentity.values()].map(lineOf).join('');
    writeSmallFile(this.#disk, this.#file, text);
    this.#sizeBytes = Buffer.byteLength(text);
  }
}

/** What damaged lines mean, for people. */
export function describeDamage({ damagedLines }: Tombstones): string {
  return `tombstones: ${damagedLines} damaged lines: what they deleted may be shown again; delete it once more`;
}

function identityKey(tenant: TenantId, measurement: string, tags: readonly string[]): string {
  return JSON.stringify([tenant, measurement, tags]);
}

function lineOf(entry: Tombstone): string {
  const json = JSON.stringify(entry);
  return `${zlib.crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
}

function parseLine(line: string): Tombstone | undefined {
  const json = line.slice(9);
  if (json === '' || zlib.crc32(json).toString(16).padStart(8, '0') !== line.slice(0, 8)) return undefined;
  return JSON.parse(json) as Tombstone;
}
