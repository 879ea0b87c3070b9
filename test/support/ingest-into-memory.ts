/** Runs a body through the whole of `ingest/` into a MemorySink. */
import { Ingest, type IngestBody } from '../../src/ingest/ingest.ts';
import { DEFAULT_INGEST_LIMITS, type IngestLimits } from '../../src/ingest/limits.ts';
import type { IngestTally } from '../../src/ingest/tally.ts';
import type { FieldMetadata } from '../../src/model/field.ts';
import { MemorySink } from './memory-sink.ts';

export const NOW_MS = 1_800_000_000_123;

export interface Ingested {
  readonly sink: MemorySink;
  readonly tally: IngestTally;
  readonly fields: readonly FieldMetadata[];
}

export async function ingestIntoMemory(
  body: Partial<Omit<IngestBody, 'bytes'>> & { readonly bytes: Uint8Array | string },
  limits: Partial<IngestLimits> = {},
  sink: MemorySink = new MemorySink(),
): Promise<Ingested> {
  const fields: FieldMetadata[] = [];
  const ingest = new Ingest({
    sink,
    limits: { ...DEFAULT_INGEST_LIMITS, ...limits },
    nowMs: () => NOW_MS,
    room: () => Promise.resolve(),
    declareFields: (declared) => void fields.push(...declared),
  });
  const bytes = new Uint8Array(Buffer.from(body.bytes as string));
  const tally = await ingest.read({
    tenant: 1,
    format: 'influx',
    encoding: 'identity',
    precision: 'ns',
    ...body,
    bytes,
  });
  return { sink, tally, fields };
}
