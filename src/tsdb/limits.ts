/** The engine's limits. Each error names the limit, its value and the setting that changes it. */
import { LimitError } from '../model/limit-error.ts';

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
  maxSeries: 2_000_000,
  maxLabelsPerSeries: 64,
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
  maxSeries: 'tsdb.max_series',
  maxLabelsPerSeries: 'tsdb.max_labels_per_series',
  maxLabelNameBytes: 'tsdb.max_label_name_bytes',
  maxLabelValueBytes: 'tsdb.max_label_value_bytes',
  maxFieldsPerRowGroup: 'tsdb.max_fields_per_row_group',
  maxSeriesPerQuery: 'tsdb.max_series_per_query',
  maxAheadMs: 'tsdb.max_ahead_s',
  retentionRawMs: 'tsdb.retention_raw_s',
  retention5mMs: 'tsdb.retention_5m_s',
  retention1hMs: 'tsdb.retention_1h_s',
};

/** The setting that changes a limit. */
export function settingOf(limit: keyof EngineLimits): string {
  return SETTINGS[limit];
}

/** `what` is a sentence without its end: `a row group may have 64 labels, this one has 70`. */
export function limitReached(limit: keyof EngineLimits, what: string): LimitError {
  return new LimitError(`${what} (setting ${SETTINGS[limit]})`, SETTINGS[limit]);
}
