/** The engine's limits. Each error names the limit, its value and the setting that changes it. */
import { LimitError } from '../model/limit-error.ts';
import { ROW_REFUSAL, type RowRefusal } from '../model/row-sink.ts';

export interface EngineLimits {
  /** Active series of all tenants (fields of row groups). */
  readonly maxSeries: number;
  /** Tags of one row group. */
  readonly maxLabelsPerSeries: number;
  /** UTF-8 bytes of a label or field name or a measurement. */
  readonly maxLabelNameBytes: number;
  /** UTF-8 bytes of a label value. */
  readonly maxLabelValueBytes: number;
  /** Fields of one row group. */
  readonly maxFieldsPerRowGroup: number;
  /** Series that one selector may return. */
  readonly maxSeriesPerQuery: number;
  /** How far ahead of the clock a row may be, in milliseconds. */
  readonly maxAheadMs: number;
  /** Raw samples older than this are dropped, and refused when they arrive, in milliseconds. */
  readonly retentionRawMs: number;
  readonly retention5mMs: number;
  readonly retention1hMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export const DEFAULT_LIMITS: EngineLimits = {
  maxSeries: 5_000_000,
  maxLabelsPerSeries: 256,
  maxLabelNameBytes: 1_024,
  maxLabelValueBytes: 4_096,
  maxFieldsPerRowGroup: 1_024,
  maxSeriesPerQuery: 500_000,
  maxAheadMs: 10 * MINUTE_MS,
  retentionRawMs: 7 * DAY_MS,
  retention5mMs: 30 * DAY_MS,
  retention1hMs: 365 * DAY_MS,
};

/** Settings as users write them in the configuration file. */
const SETTINGS: Readonly<Record<keyof EngineLimits, string>> = {
  maxSeries: 'max_series',
  maxLabelsPerSeries: 'max_tags',
  maxLabelNameBytes: 'max_name_size',
  maxLabelValueBytes: 'max_label_size',
  maxFieldsPerRowGroup: 'max_fields',
  maxSeriesPerQuery: 'max_query_series',
  maxAheadMs: 'max_ahead',
  retentionRawMs: 'retention_raw',
  retention5mMs: 'retention_5m',
  retention1hMs: 'retention_1h',
};

/** `what` is a sentence without its end: `a row group may have 64 labels, this one has 70`. */
export function limitReached(limit: keyof EngineLimits, what: string): LimitError {
  return new LimitError(`${what} (setting ${SETTINGS[limit]})`, SETTINGS[limit]);
}

/** Why a row was refused, for whoever sent it. */
export function explainRefusal(refusal: RowRefusal, limits: EngineLimits): string {
  if (refusal === ROW_REFUSAL.tooFarAhead) {
    const seconds = limits.maxAheadMs / 1000;
    return `the timestamp is more than ${seconds} s ahead of the server's clock (setting ${SETTINGS.maxAheadMs})`;
  }
  if (refusal === ROW_REFUSAL.tooOld) {
    const hours = limits.retentionRawMs / 3_600_000;
    return `the timestamp is older than raw samples are kept, ${hours} h (setting ${SETTINGS.retentionRawMs})`;
  }
  return 'the row was refused';
}
