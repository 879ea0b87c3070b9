/** What an engine is opened with, and what it says about itself. */
import type { Clock } from '../lib/clock.ts';
import type { Disk } from '../lib/disk.ts';
import type { Logger } from '../lib/logger.ts';
import type { EngineLimits } from './limits.ts';

export interface EngineOptions {
  /** `tsdb/` of the data folder; made if missing. */
  readonly folder: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ceiling of everything in the folder. */
  readonly budgetBytes: number;
  readonly limits?: Partial<EngineLimits>;
  readonly fsync: 'group' | 'always';
  /** Lets the thread do other things between two slices of a job. Default: after what waits in the event loop. */
  readonly pause?: () => Promise<void>;
}

/** Figures for `/metrics`. */
export interface EngineStatistics {
  readonly series: number;
  readonly rowGroups: number;
  readonly openRows: number;
  readonly openBytes: number;
  readonly blockBytes: number;
  readonly acceptedRows: number;
  readonly walBytes: number;
  readonly rawBytes: number;
  readonly fiveMinuteBytes: number;
  readonly hourBytes: number;
  readonly segments: number;
  readonly rawShareBytes: number;
  /** Infinity when there are no raw segments. */
  readonly oldestRawMs: number;
}

export interface EngineHealth {
  readonly status: 'ok' | 'degraded' | 'down';
  readonly problems: readonly string[];
}
