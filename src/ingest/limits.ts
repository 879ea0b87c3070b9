/** Explicit limits of what may come in. Each refusal names the limit and the setting. */
export interface IngestLimits {
  /** Bytes of one line of line protocol or NDJSON. */
  readonly lineBytes: number;
  /** Fields of one row. */
  readonly fieldsPerRow: number;
  readonly tagsPerRow: number;
  /** Bytes of a measurement, tag name, tag value or field name. */
  readonly nameBytes: number;
  /** Records of one NDJSON batch. */
  readonly batchRecords: number;
  /** Bytes of a body after it was unpacked. */
  readonly unpackedBytes: number;
}

export const DEFAULT_INGEST_LIMITS: IngestLimits = {
  lineBytes: 1 << 20,
  fieldsPerRow: 1_024,
  tagsPerRow: 256,
  nameBytes: 4_096,
  batchRecords: 3_000,
  unpackedBytes: 128 << 20,
};

/** The setting that changes each limit. */
export const LIMIT_SETTINGS: Readonly<Record<keyof IngestLimits, string>> = {
  lineBytes: 'max_line_size',
  fieldsPerRow: 'max_fields',
  tagsPerRow: 'max_tags',
  nameBytes: 'max_label_size',
  batchRecords: 'max_batch_records',
  unpackedBytes: 'max_unpacked_size',
};

const LIMIT_NOUNS: Readonly<Record<keyof IngestLimits, string>> = {
  lineBytes: 'bytes in a line',
  fieldsPerRow: 'fields in a row',
  tagsPerRow: 'tags in a row',
  nameBytes: 'bytes in a name or tag value',
  batchRecords: 'records in a batch',
  unpackedBytes: 'bytes after unpacking',
};

/** The sentence of a refusal, e.g. `more than 256 tags in a row (setting max_tags)`. */
export function limitReason(limits: IngestLimits, limit: keyof IngestLimits): string {
  return `more than ${limits[limit]} ${LIMIT_NOUNS[limit]} (setting ${LIMIT_SETTINGS[limit]})`;
}
