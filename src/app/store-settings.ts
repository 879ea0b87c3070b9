import type { Config } from '../config/config.ts';
import type { StoreSettings } from '../store/settings.ts';

/** What the store thread is started with. */
export function storeSettings(config: Config, folder: string): StoreSettings {
  return {
    folder,
    diskBudgetBytes: config.disk_budget,
    fsync: config.fsync,
    engineLimits: {
      maxSeries: config.max_series,
      maxLabelsPerSeries: config.max_tags,
      maxLabelNameBytes: config.max_name_size,
      maxLabelValueBytes: config.max_label_size,
      maxFieldsPerRowGroup: config.max_fields,
      maxSeriesPerQuery: config.max_query_series,
      maxAheadMs: config.max_ahead,
      retentionRawMs: config.retention_raw,
      retention5mMs: config.retention_5m,
      retention1hMs: config.retention_1h,
    },
    ingestLimits: {
      lineBytes: config.max_line_size,
      fieldsPerRow: config.max_fields,
      tagsPerRow: config.max_tags,
      // The engine tells names from values; here both are bounded before they are decoded.
      nameBytes: Math.max(config.max_name_size, config.max_label_size),
      batchRecords: config.max_batch_records,
      unpackedBytes: config.max_unpacked_size,
    },
    readLimits: {
      querySamples: config.max_query_samples,
      answerBytes: config.max_answer_size,
      queryTimeMs: config.max_query_time,
      concurrentQueries: config.max_concurrent_queries,
      waitingQueries: config.max_waiting_queries,
    },
  };
}
