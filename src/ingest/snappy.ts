/**
 * Snappy, the block format (not the framing format), as Prometheus remote write uses it: a varint with the unpacked
 * size, then literals and copies of what was already written.
 */

/** The bytes are no snappy block, or unpack to more than is allowed. */
export class SnappyError extends Error {
  override readonly name = 'SnappyError';
}

/** Size that the block says it unpacks to, and where its content starts. */
function readSize(block: Uint8Array): { size: number; at: number } {
  let size = 0;
  let scale = 1;
  for (let at = 0; at < 5; at++) {
    const byte = block[at];
    if (byte === undefined) break;
    size += (byte & 127) * scale;
    if (byte < 128) {
      if (size > 0xffffffff) break;
      return { size, at: at + 1 };
    }
    scale *= 128;
  }
  throw new SnappyError('no valid size at the start of the snappy block');
}

/**
 * Unpacks a block. The result has `spare` more bytes than the content, for a terminator.
 * @throws SnappyError when it is damaged or larger than `limitBytes`
 */
export function unpackSnappy(block: Uint8Array, limitBytes: number, spare = 0): Uint8Array<ArrayBuffer> {
  const header = readSize(block);
  const size = header.size;
  // One byte of a block can stand for at most 64 bytes (a copy of 64 takes 2 or 3): a larger claim is a lie.
  if (size > limitBytes) throw new SnappyError(`unpacks to ${size} bytes, more than ${limitBytes}`);
  if (size > block.length * 64) throw new SnappyError('the size of the snappy block cannot be true');
  const out = new Uint8Array(size + spare);
  const end = block.length;
  let from = header.at;
  let at = 0;
  while (from < end) {
    const tag = block[from++]!;
    const kind = tag & 3;
    if (kind === 0) {
      let length = tag >>> 2;
      if (length >= 60) {
        const bytes = length - 59;
        if (from + bytes > end) throw new SnappyError('the snappy block is cut off');
        length = 0;
        for (let i = bytes - 1; i >= 0; i--) length = length * 256 + block[from + i]!;
        from += bytes;
      }
      length++;
      if (from + length > end || at + length > size) throw new SnappyError('a literal of the snappy block is too long');
      if (length <= 16) for (let i = 0; i < length; i++) out[at + i] = block[from + i]!;
      else out.set(block.subarray(from, from + length), at);
      from += length;
      at += length;
      continue;
    }
    let length = (tag >>> 2) + 1;
    let offset: number;
    const extra = kind === 3 ? 4 : kind;
    if (from + extra > end) throw new SnappyError('the snappy block is cut off');
    if (kind === 1) {
      length = ((tag >>> 2) & 7) + 4;
      offset = ((tag >>> 5) << 8) | block[from]!;
    } else if (kind === 2) offset = block[from]! | (block[from + 1]! << 8);
    else {
      offset = (block[from]! | (block[from + 1]! << 8) | (block[from + 2]! << 16) | (block[from + 3]! << 24)) >>> 0;
    }
    from += extra;
    if (offset === 0 || offset > at || at + length > size)
      throw new SnappyError('a copy of the snappy block is out of range');
    // Source and target may overlap: that is how repetitions are written.
    for (let i = 0; i < length; i++) out[at + i] = out[at - offset + i]!;
    at += length;
  }
  if (at !== size) throw new SnappyError(`the snappy block holds ${at} bytes and promised ${size}`);
  return out;
}
