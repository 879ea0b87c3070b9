/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82f63b78), as in iSCSI (RFC 3720, section 12.1), sixteen bytes a step.
 */
import { viewOf } from './bytes.ts';

const POLYNOMIAL = 0x82f63b78;
const STEP = 16;

/** `TABLES[k * 256 + b]`: what byte b contributes when k zero bytes follow it. */
const TABLES = makeTables();

function makeTables(): Int32Array {
  const tables = new Int32Array(STEP * 256);
  for (let b = 0; b < 256; b++) {
    let crc = b;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[b] = crc;
  }
  for (let k = 1; k < STEP; k++) {
    for (let b = 0; b < 256; b++) {
      const crc = tables[(k - 1) * 256 + b]!;
      tables[k * 256 + b] = (crc >>> 8) ^ tables[crc & 255]!;
    }
  }
  return tables;
}

/** CRC-32C of `bytes[start, end)`; `seed` is the result for the bytes before them. */
export function crc32c(bytes: Uint8Array, start = 0, end: number = bytes.length, seed = 0): number {
  const t = TABLES;
  const view = viewOf(bytes);
  const shift = bytes.byteOffset;
  let crc = ~seed;
  let i = start;
  for (const last = end - STEP; i <= last; i += STEP) {
    const a = crc ^ view.getInt32(shift + i, true);
    const b = view.getInt32(shift + i + 4, true);
    const c = view.getInt32(shift + i + 8, true);
    const d = view.getInt32(shift + i + 12, true);
    crc =
      t[3840 + (a & 255)]! ^
      t[3584 + ((a >>> 8) & 255)]! ^
      t[3328 + ((a >>> 16) & 255)]! ^
      t[3072 + (a >>> 24)]! ^
      t[2816 + (b & 255)]! ^
      t[2560 + ((b >>> 8) & 255)]! ^
      t[2304 + ((b >>> 16) & 255)]! ^
      t[2048 + (b >>> 24)]! ^
      t[1792 + (c & 255)]! ^
      t[1536 + ((c >>> 8) & 255)]! ^
      t[1280 + ((c >>> 16) & 255)]! ^
      t[1024 + (c >>> 24)]! ^
      t[768 + (d & 255)]! ^
      t[512 + ((d >>> 8) & 255)]! ^
      t[256 + ((d >>> 16) & 255)]! ^
      t[d >>> 24]!;
  }
  for (; i < end; i++) crc = (crc >>> 8) ^ t[(crc ^ bytes[i]!) & 255]!;
  return ~crc >>> 0;
}
