/** Writes a `prometheus.WriteRequest` and snappy blocks of literals, as test senders. */

function varint(value: number | bigint): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

function field(number: number, content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([Buffer.from([number * 8 + 2, ...varint(bytes.length)]), bytes]);
}

export interface WireSample {
  /** Eight bytes, little-endian, when the bits matter. */
  readonly value: number | Uint8Array;
  readonly timeMs: number;
}

export interface WireSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly WireSample[];
  readonly exemplars?: number;
}

export interface WireMetadata {
  readonly type: number;
  readonly family: string;
  readonly help: string;
  readonly unit: string;
}

function sampleBytes({ value, timeMs }: WireSample): Buffer {
  const bits = Buffer.alloc(8);
  if (typeof value === 'number') bits.writeDoubleLE(value);
  else bits.set(value);
  return Buffer.concat([Buffer.from([1 * 8 + 1]), bits, Buffer.from([2 * 8, ...varint(timeMs)])]);
}

export function writeRequest(series: readonly WireSeries[], metadata: readonly WireMetadata[] = []): Buffer {
  const parts: Buffer[] = [];
  for (const { labels, samples, exemplars = 0 } of series) {
    const pairs = Object.entries(labels).map(([name, value]) =>
      field(1, Buffer.concat([field(1, name), field(2, value)])),
    );
    const exemplar = Array.from({ length: exemplars }, () =>
      field(3, Buffer.from([1 * 8 + 1, 0, 0, 0, 0, 0, 0, 0, 0])),
    );
    parts.push(
      field(1, Buffer.concat([...pairs, ...samples.map((sample) => field(2, sampleBytes(sample))), ...exemplar])),
    );
  }
  for (const { type, family, help, unit } of metadata) {
    parts.push(field(3, Buffer.concat([Buffer.from([8, type]), field(2, family), field(4, help), field(5, unit)])));
  }
  return Buffer.concat(parts);
}

/** A valid snappy block that compresses nothing. */
export function snappyLiterals(bytes: Uint8Array): Buffer {
  const parts: Uint8Array[] = [Buffer.from(varint(bytes.length))];
  for (let at = 0; at < bytes.length; at += 65_536) {
    const piece = bytes.subarray(at, at + 65_536);
    parts.push(Buffer.from([61 * 4, (piece.length - 1) & 255, (piece.length - 1) >> 8]), piece);
  }
  return Buffer.concat(parts);
}
