/**
 * Fixed-width numbers in byte arrays, little-endian at any alignment, and the view that makes them fast.
 */
const views = new WeakMap<ArrayBufferLike, DataView>();
let lastView: DataView | undefined;

/**
 * The view of the whole buffer behind `bytes`; add `bytes.byteOffset` to indices. Each buffer has one, so that decoding
 * many pieces of some buffers makes no garbage.
 */
export function viewOf(bytes: Uint8Array): DataView {
  const { buffer } = bytes;
  if (lastView !== undefined && lastView.buffer === buffer) return lastView;
  lastView = views.get(buffer);
  if (lastView === undefined) {
    lastView = new DataView(buffer);
    views.set(buffer, lastView);
  }
  return lastView;
}

export function writeUint32(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
  return at + 4;
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** Whether `a[aStart, aStart + length)` equals `b[bStart, bStart + length)`. */
export function equalBytes(a: Uint8Array, aStart: number, b: Uint8Array, bStart: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[aStart + i] !== b[bStart + i]) return false;
  return true;
}
