/**
 * A recorded device (`.snmprec`: `OID|type|value`, snmpsim's format) as a `Fetcher`. Recordings are edited by hand and
 * cut from real devices: lines may be unsorted, repeated or broken, and values may hold `|`. The first of repeated
 * lines wins; broken lines are counted and left out.
 */
import type { Fetcher, SnmpValue, Varbind } from './poll-plan.ts';

const HEX = /^(?:[0-9a-fA-F]{2})*$/;
const OID = /^\.?\d+(?:\.\d+)*$/;

function decodeValue(tag: string, text: string): { type: number; value: SnmpValue } | undefined {
  const match = /^(\d+)([xe]?)/.exec(tag);
  if (!match) return undefined;
  const type = Number(match[1]);
  let octets: Buffer;
  if (match[2] === 'x') {
    if (!HEX.test(text)) return undefined;
    octets = Buffer.from(text, 'hex');
  } else if (match[2] === 'e') {
    octets = Buffer.from(
      text.replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      'latin1',
    );
  } else {
    octets = Buffer.from(text, 'latin1');
  }
  switch (type) {
    case 2:
    case 65:
    case 66:
    case 67:
    case 70: {
      const trimmed = text.trim();
      if (!/^-?\d+$/.test(trimmed)) return undefined;
      const value = Number(trimmed);
      return { type, value: Number.isSafeInteger(value) ? value : BigInt(trimmed) };
    }
    case 4:
    case 68:
      return { type, value: octets };
    case 6:
      return OID.test(text.trim()) ? { type, value: text.trim().replace(/^\./, '') } : undefined;
    case 64:
      if (match[2] === 'x') return octets.length === 4 ? { type, value: octets.join('.') } : undefined;
      return { type, value: text.trim() };
    default:
      return undefined;
  }
}

/** Sorts as SNMP does: number by number. */
export function compareOids(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

interface Entry {
  readonly arcs: readonly number[];
  readonly varbind: Varbind;
}

export class Recording implements Fetcher {
  readonly #entries: readonly Entry[];
  readonly #byOid: ReadonlyMap<string, Varbind>;
  /** Lines that are no varbind. */
  readonly brokenLines: number;
  /** What an SNMP session would have sent and got, for `inspect`. */
  requests = 0;
  varbinds = 0;

  /** @param bytes the file; its text values may be in any encoding */
  constructor(bytes: Uint8Array) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const byOid = new Map<string, Varbind>();
    let broken = 0;
    for (const line of text.split('\n')) {
      const record = line.replace(/\r$/, '');
      if (record.trim() === '' || record.startsWith('#')) continue;
      const first = record.indexOf('|');
      const second = record.indexOf('|', first + 1);
      const oid = record.slice(0, first).trim();
      const decoded =
        first > 0 && second > 0 ? decodeValue(record.slice(first + 1, second), record.slice(second + 1)) : undefined;
      if (!decoded || !OID.test(oid)) {
        broken++;
        continue;
      }
      const name = oid.replace(/^\./, '');
      if (!byOid.has(name)) byOid.set(name, { oid: name, ...decoded });
    }
    this.brokenLines = broken;
    this.#byOid = byOid;
    this.#entries = [...byOid.values()]
      .map((varbind) => ({ arcs: varbind.oid.split('.').map(Number), varbind }))
      .sort((a, b) => compareOids(a.arcs, b.arcs));
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Every varbind, in SNMP's order. */
  all(): Varbind[] {
    return this.#entries.map((entry) => entry.varbind);
  }

  async get(oids: readonly string[]): Promise<readonly Varbind[]> {
    this.#count(oids.length, oids.length);
    return oids.map((oid) => this.#byOid.get(oid) ?? { oid, type: 0x81, value: null });
  }

  async next(oids: readonly string[]): Promise<readonly Varbind[]> {
    this.#count(oids.length, oids.length);
    return oids.map((oid) => this.#entries[this.#after(oid)]?.varbind ?? { oid, type: 0x82, value: null });
  }

  async walk(columns: readonly string[], indexes?: readonly string[]): Promise<readonly Varbind[]> {
    if (indexes) return this.get(columns.flatMap((column) => indexes.map((index) => `${column}.${index}`)));
    const found: Varbind[] = [];
    for (const column of columns) {
      for (let i = this.#after(column); i < this.#entries.length; i++) {
        const { varbind } = this.#entries[i]!;
        if (!varbind.oid.startsWith(`${column}.`)) break;
        found.push(varbind);
      }
    }
    this.#count(found.length + columns.length, found.length);
    return found;
  }

  #count(asked: number, got: number): void {
    this.requests += Math.max(1, Math.ceil(asked / 40));
    this.varbinds += got;
  }

  /** Position of the first entry after `oid`. */
  #after(oid: string): number {
    const arcs = oid.split('.').map(Number);
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareOids(this.#entries[middle]!.arcs, arcs) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
