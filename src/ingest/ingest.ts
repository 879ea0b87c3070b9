/**
 * One body → rows: unpacks it, hands it to the parser of its format in slices, and commits each slice, so that other
 * appends and queries are heard in between. The time that one slice takes is what a live append may have to wait.
 */
import type { FieldMetadata } from '../model/field.ts';
import type { RowSink } from '../model/row-sink.ts';
import type { TenantId } from '../model/tenant.ts';
import { FieldLayouts } from './field-layout.ts';
import { type IngestLimits, limitReason } from './limits.ts';
import { type LinePrecision, LineProtocolParser } from './line-protocol.ts';
import { NdjsonParser } from './ndjson.ts';
import { ProtobufError } from './protobuf.ts';
import { RemoteWriteParser, SeriesCursor } from './remote-write.ts';
import { IngestTally } from './tally.ts';
import { BodyError, type ContentEncoding, unpackBody } from './unpack.ts';

const SLICE_BYTES = 512 * 1024;
const NEWLINE = 10;

export interface IngestBody {
  readonly tenant: TenantId;
  readonly format: 'influx' | 'ndjson' | 'remote_write';
  readonly encoding: ContentEncoding;
  readonly precision: LinePrecision;
  /** The whole buffer is ours: a byte after the end, where there is one, is overwritten. */
  readonly bytes: Uint8Array;
}

export interface IngestOptions {
  readonly sink: RowSink;
  readonly limits: IngestLimits;
  readonly nowMs: () => number;
  /** Resolves when the engine has room for more; in between the thread hears other messages. Awaited before each slice. */
  readonly room: () => Promise<void>;
  readonly declareFields: (fields: readonly FieldMetadata[], tenant: TenantId) => void;
}

export class Ingest {
  readonly #options: IngestOptions;
  readonly #lines: LineProtocolParser;
  readonly #ndjson: NdjsonParser;
  readonly #remoteWrite: RemoteWriteParser;

  constructor(options: IngestOptions) {
    this.#options = options;
    const { sink, limits } = options;
    const layouts = new FieldLayouts();
    this.#lines = new LineProtocolParser(sink, limits, layouts);
    this.#ndjson = new NdjsonParser(sink, limits, layouts);
    this.#remoteWrite = new RemoteWriteParser(sink, limits, layouts);
  }

  /**
   * Stores the good rows of a body. @throws BodyError when it cannot be read as a whole; what the sink's `commit` throws,
   * after which the sender must repeat the body
   */
  async read(body: IngestBody): Promise<IngestTally> {
    const { limits } = this.#options;
    const bytes = body.encoding === 'identity' ? body.bytes : await unpackBody(body.bytes, body.encoding, limits);
    const tally = new IngestTally();
    if (body.format === 'influx') await this.#readLines(body, bytes, tally);
    else if (body.format === 'ndjson') await this.#readNdjson(body, bytes, tally);
    else await this.#readRemoteWrite(body, bytes, tally);
    return tally;
  }

  async #readLines(body: IngestBody, plain: Uint8Array, tally: IngestTally): Promise<void> {
    const bytes = terminated(plain, plain === body.bytes);
    const nowMs = this.#options.nowMs();
    await this.#inSlices(bytes.length, (from, to) =>
      this.#lines.parse(body.tenant, bytes, from, to, body.precision, nowMs, tally),
    );
  }

  async #readNdjson(body: IngestBody, bytes: Uint8Array, tally: IngestTally): Promise<void> {
    const { limits } = this.#options;
    if (this.#ndjson.tooManyRecords(bytes)) throw new BodyError(limitReason(limits, 'batchRecords'));
    const nowMs = this.#options.nowMs();
    await this.#inSlices(bytes.length, (from, to) => this.#ndjson.parse(body.tenant, bytes, from, to, nowMs, tally));
  }

  async #readRemoteWrite(body: IngestBody, bytes: Uint8Array, tally: IngestTally): Promise<void> {
    const metadata: FieldMetadata[] = [];
    const series = new SeriesCursor();
    try {
      await this.#inSlices(bytes.length, (from, to) =>
        this.#remoteWrite.parse(body.tenant, bytes, from, to, tally, metadata, series),
      );
    } catch (error) {
      if (error instanceof ProtobufError)
        throw new BodyError(`not a remote write request: ${error.message}`, { cause: error });
      throw error;
    }
    if (metadata.length > 0) this.#options.declareFields(metadata, body.tenant);
  }

  async #inSlices(length: number, parse: (from: number, to: number) => number): Promise<void> {
    let at = 0;
    while (at < length) {
      await this.#options.room();
      try {
        at = parse(at, Math.min(length, at + SLICE_BYTES));
      } finally {
        // Whatever happened to the slice, no row may wait uncommitted for another sender's commit.
        this.#options.sink.commit();
      }
    }
  }
}

/** The bytes with a newline at their end. */
function terminated(bytes: Uint8Array, mayGrow: boolean): Uint8Array {
  if (bytes.length === 0 || bytes[bytes.length - 1] === NEWLINE) return bytes;
  const end = bytes.byteOffset + bytes.length;
  if (mayGrow && end < bytes.buffer.byteLength) {
    const longer = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length + 1);
    longer[bytes.length] = NEWLINE;
    return longer;
  }
  const copy = new Uint8Array(bytes.length + 1);
  copy.set(bytes);
  copy[bytes.length] = NEWLINE;
  return copy;
}
