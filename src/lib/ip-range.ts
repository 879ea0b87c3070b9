/**
 * Sets of addresses as people write them: `10.0.0.0/24, 10.0.1.5-10.0.1.20, 10.0.2.5-20, switch.example, fd00::10`.
 * Kept as ranges, so that a large network costs nothing until it is walked.
 */
import ipaddr from 'ipaddr.js';
import { parseAddress } from './address.ts';

interface NumericRange {
  readonly kind: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

interface NamedAddress {
  readonly kind: 'name';
  readonly name: string;
}

type Range = NumericRange | NamedAddress;

export interface AddressProblem {
  /** The piece that is wrong, as it was written. */
  readonly piece: string;
  /** The end of a sentence that begins with the piece. */
  readonly message: string;
}

/** Nobody scans more than this in one go. */
export const MAX_ADDRESSES = 65_536;

export class AddressSet implements Iterable<string> {
  readonly #ranges: readonly NumericRange[];
  readonly #names: readonly string[];
  readonly #excluded: readonly NumericRange[];
  /** Addresses in it. */
  readonly size: number;

  private constructor(ranges: readonly Range[], excluded: readonly Range[]) {
    const isNumeric = (range: Range): range is NumericRange => range.kind !== 'name';
    const names = (from: readonly Range[]): Set<string> =>
      new Set(from.flatMap((range) => (range.kind === 'name' ? [range.name] : [])));
    this.#excluded = excluded.filter(isNumeric);
    this.#ranges = subtract(merge(ranges.filter(isNumeric)), this.#excluded);
    this.#names = [...names(ranges).difference(names(excluded))];
    this.size = this.#ranges.reduce((sum, range) => sum + Number(range.last - range.first + 1n), this.#names.length);
  }

  /** Reads what people wrote; problems are all reported at once. */
  static parse(
    text: string,
    exclude = '',
    maxAddresses = MAX_ADDRESSES,
  ): { readonly kind: 'ok'; readonly set: AddressSet } | { readonly kind: 'bad'; readonly problems: AddressProblem[] } {
    const problems: AddressProblem[] = [];
    const read = (source: string, isWhole: boolean): Range[] =>
      source
        .replace(/\s+-\s+/g, '-')
        .split(/[\s,;]+/)
        .filter((piece) => piece !== '')
        .flatMap((piece) => {
          const range = parsePiece(piece, isWhole);
          if (typeof range !== 'string') return [range];
          problems.push({ piece: shown(piece), message: range });
          return [];
        });
    const ranges = read(text, false);
    // Who leaves out a network means all of it.
    const excluded = read(exclude, true);
    const names = new Set(ranges.flatMap((range) => (range.kind === 'name' ? [range.name] : [])));
    for (const range of excluded) {
      if (range.kind !== 'name' || names.has(range.name)) continue;
      const message = 'is a name: leave out its address, because what is scanned are addresses';
      problems.push({ piece: shown(range.name), message });
    }
    if (problems.length > 0) return { kind: 'bad', problems };
    if (ranges.length === 0) return { kind: 'bad', problems: [{ piece: shown(text), message: 'names no address' }] };
    const set = new AddressSet(ranges, excluded);
    if (set.size > maxAddresses) {
      const has = set.size < 1e9 ? `${set.size} addresses` : 'far too many addresses';
      const message = `has ${has}; at most ${maxAddresses} can be scanned at once: split it`;
      return { kind: 'bad', problems: [{ piece: shown(text), message }] };
    }
    if (set.size === 0) return { kind: 'bad', problems: [{ piece: shown(text), message: 'is excluded altogether' }] };
    return { kind: 'ok', set };
  }

  /** Whether an address is one of it: a literal one by number, a name as it is written. */
  has(address: string): boolean {
    return ipaddr.isValid(address) ? isWithin(this.#ranges, address) : this.#names.includes(address.toLowerCase());
  }

  /** Whether a literal address was left out: where a name leads is known only when it is looked up. */
  excludes(address: string): boolean {
    return ipaddr.isValid(address) && isWithin(this.#excluded, address);
  }

  *[Symbol.iterator](): Generator<string> {
    for (const { kind, first, last } of this.#ranges) {
      for (let address = first; address <= last; address++) yield format(kind, address);
    }
    yield* this.#names;
  }
}

/** As much of what was written as says which piece is meant. */
const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** @param isWhole a network's own address and the broadcast address count too */
function parsePiece(piece: string, isWhole: boolean): Range | string {
  if (piece.includes('/')) return parseCidr(piece, isWhole);
  const dash = /^([^-]+)-([^-]+)$/.exec(piece);
  if (dash && /^[\d.]+$|:/.test(dash[1]!)) return parseSpan(dash[1]!, dash[2]!);
  const address = parseAddress(piece);
  if (typeof address === 'string') return address;
  if (address.kind === 'dns') return { kind: 'name', name: address.text };
  return single(address.text);
}

function single(text: string): NumericRange {
  const { kind, value } = toNumber(text);
  return { kind, first: value, last: value };
}

/** A network; to whoever scans it, its own address and the broadcast address are nobody's. */
function parseCidr(piece: string, isWhole: boolean): NumericRange | string {
  let parsed: [ipaddr.IPv4 | ipaddr.IPv6, number];
  try {
    parsed = ipaddr.parseCIDR(piece);
  } catch {
    return 'is no network such as 10.0.0.0/24';
  }
  const [address, bits] = parsed;
  const { kind, value } = toNumber(address.toString());
  const width = kind === 4 ? 32 : 128;
  const size = 1n << BigInt(width - bits);
  if (!isWhole && address.range() === 'multicast') return 'is a multicast network: nobody answers for it, or everybody';
  const first = value - (value % size);
  const last = first + size - 1n;
  return kind === 4 && size > 2n && !isWhole ? { kind, first: first + 1n, last: last - 1n } : { kind, first, last };
}

/** `10.0.0.5-10.0.0.20`, `10.0.0.5-20`. */
function parseSpan(from: string, to: string): NumericRange | string {
  const short = /^\d{1,3}$/.test(to) && from.includes('.');
  const end = short ? from.replace(/\d+$/, to) : to;
  for (const text of [from, end]) {
    const address = parseAddress(text);
    if (typeof address === 'string') return address;
    if (address.kind === 'dns') return 'is no range such as 10.0.0.5-10.0.0.20';
  }
  const first = toNumber(from);
  const last = toNumber(end);
  if (first.kind !== last.kind) return 'mixes IPv4 and IPv6';
  if (last.value < first.value) return 'ends before it begins';
  return { kind: first.kind, first: first.value, last: last.value };
}

function toNumber(text: string): { kind: 4 | 6; value: bigint } {
  const address = ipaddr.parse(text);
  const value = address.toByteArray().reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return { kind: address.kind() === 'ipv4' ? 4 : 6, value };
}

function format(kind: 4 | 6, value: bigint): string {
  const length = kind === 4 ? 4 : 16;
  const bytes = Array.from({ length }, (_, i) => Number((value >> BigInt(8 * (length - 1 - i))) & 255n));
  return ipaddr.fromByteArray(bytes).toString();
}

function isWithin(ranges: readonly NumericRange[], text: string): boolean {
  const { kind, value } = toNumber(text);
  return ranges.some((range) => range.kind === kind && range.first <= value && value <= range.last);
}

/** Ranges in order, none touching another. */
function merge(ranges: readonly NumericRange[]): NumericRange[] {
  const sorted = ranges.toSorted((a, b) => a.kind - b.kind || (a.first < b.first ? -1 : 1));
  const merged: NumericRange[] = [];
  for (const range of sorted) {
    const before = merged.at(-1);
    if (before && before.kind === range.kind && range.first <= before.last + 1n) {
      if (range.last > before.last) merged[merged.length - 1] = { ...before, last: range.last };
    } else merged.push(range);
  }
  return merged;
}

function subtract(ranges: readonly NumericRange[], excluded: readonly NumericRange[]): NumericRange[] {
  return excluded.reduce<NumericRange[]>(
    (kept, hole) =>
      kept.flatMap((range) => {
        if (range.kind !== hole.kind || hole.last < range.first || hole.first > range.last) return [range];
        const parts: NumericRange[] = [];
        if (hole.first > range.first) parts.push({ ...range, last: hole.first - 1n });
        if (hole.last < range.last) parts.push({ ...range, first: hole.last + 1n });
        return parts;
      }),
    [...ranges],
  );
}
