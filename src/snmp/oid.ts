/**
 * Object identifiers as BER content bytes (X.690 8.19), the form in which polling keeps and compares them. Text is made
 * only at the edges: comparing and prefix tests never decode.
 */

/** Content bytes of `1.3.6.1…` (a leading dot is accepted). @throws RangeError when it is not an OID */
export function encodeOid(text: string): Uint8Array {
  const arcs = (text.startsWith('.') ? text.slice(1) : text).split('.').map(Number);
  const first = arcs[0]!;
  const second = arcs[1] ?? Number.NaN;
  const isValid = /^[\d.]+$/.test(text) && !text.includes('..') && arcs.every((arc) => arc <= 0xffffffff);
  if (!isValid || first > 2 || !(second >= 0) || (first < 2 && second > 39))
    throw new RangeError(`not an OID: ${text}`);
  const bytes: number[] = [];
  pushArc(bytes, first * 40 + second);
  for (let i = 2; i < arcs.length; i++) pushArc(bytes, arcs[i]!);
  return Uint8Array.from(bytes);
}

function pushArc(bytes: number[], arc: number): void {
  if (arc < 128) {
    bytes.push(arc);
    return;
  }
  let shift = 1;
  for (let rest = arc; rest >= 128; rest = Math.floor(rest / 128)) shift *= 128;
  for (; shift > 1; shift /= 128) bytes.push((Math.floor(arc / shift) % 128) | 128);
  bytes.push(arc % 128);
}

const SMALL = Array.from({ length: 128 }, (_, i) => String(i));

/** The arcs of `bytes[start, end)` as text; for the tail of an OID (a table index) as for a whole one with `whole`. */
export function decodeArcs(bytes: Uint8Array, start: number, end: number): string {
  if (end - start === 1 && bytes[start]! < 128) return SMALL[bytes[start]!]!;
  let text = '';
  let arc = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    arc = arc * 128 + (byte & 127);
    if (byte < 128) {
      text += text === '' ? arc : `.${arc}`;
      arc = 0;
    }
  }
  return text;
}

/** A whole OID as text without a leading dot. */
export function decodeOid(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let i = start;
  let head = 0;
  while (i < end) {
    const byte = bytes[i++]!;
    head = head * 128 + (byte & 127);
    if (byte < 128) break;
  }
  const first = Math.min(2, Math.floor(head / 40));
  const rest = decodeArcs(bytes, i, end);
  return rest === '' ? `${first}.${head - first * 40}` : `${first}.${head - first * 40}.${rest}`;
}

/** Whether `bytes[start, end)` lies strictly below `prefix`. */
export function isBelow(prefix: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const length = prefix.length;
  if (end - start <= length) return false;
  // The last arcs differ most often: compare from the end.
  for (let i = length - 1; i >= 0; i--) if (prefix[i] !== bytes[start + i]) return false;
  return true;
}

export function equalBytes(a: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== a.length) return false;
  for (let i = a.length - 1; i >= 0; i--) if (a[i] !== bytes[start + i]) return false;
  return true;
}

/**
 * Order of two OIDs, arc by arc (bytes alone would put 16384 before 16383): negative, 0 or positive.
 */
export function compareOids(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  let i = aStart;
  let j = bStart;
  while (i < aEnd && j < bEnd) {
    if (a[i] === b[j] && a[i]! < 128) {
      i++;
      j++;
      continue;
    }
    let x = 0;
    let y = 0;
    while (i < aEnd) {
      const byte = a[i++]!;
      x = x * 128 + (byte & 127);
      if (byte < 128) break;
    }
    while (j < bEnd) {
      const byte = b[j++]!;
      y = y * 128 + (byte & 127);
      if (byte < 128) break;
    }
    if (x !== y) return x - y;
  }
  return i < aEnd ? 1 : j < bEnd ? -1 : 0;
}
