import type { Config } from '../config/config.ts';
import { DEFAULT_INGEST_LIMITS } from '../ingest/limits.ts';
import { DEFAULT_READ_LIMITS, type StoreSettings } from '../store/settings.ts';
import { DEFAULT_LIMITS } from '../tsdb/limits.ts';

/** What the store thread is started with. */
export function storeSettings(config: Config, folder: string): StoreSettings {
  return {
    folder,
    diskBudgetBytes: config.disk_budget,
    fsync: config.fsync,
    engineLimits: {
      ...DEFAULT_LIMITS,
      maxSeries: config.max_series,
      retentionRawMs: config.retention_raw,
      retention5mMs: config.retention_5m,
      retention1hMs: config.retention_1h,
    },
    ingestLimits: DEFAULT_INGEST_LIMITS,
    readLimits: {
      ...DEFAULT_READ_LIMITS,
      querySamples: config.max_query_samples,
      queryTimeMs: config.max_query_time,
    },
  };
}
