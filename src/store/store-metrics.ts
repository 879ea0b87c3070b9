/** Figures of the store thread in Prometheus exposition format. */
import type { Engine } from '../tsdb/engine.ts';
import type { Appender } from './appender.ts';
import type { Reader } from './reader.ts';

export interface MetricSources {
  readonly engine: Engine;
  readonly appender: Appender;
  readonly reader: Reader;
}

type Line = readonly [name: string, type: 'counter' | 'gauge', help: string, value: number];

/** Ends with a newline. */
export function storeMetrics({ engine, appender, reader }: MetricSources): string {
  const { figures } = appender;
  const engineFigures = engine.statistics();
  const lines: Line[] = [
    ['telltale_ingest_bodies_total', 'counter', 'Bodies that were stored.', figures.bodies],
    [
      'telltale_ingest_failed_bodies_total',
      'counter',
      'Bodies that could not be read or stored.',
      figures.failedBodies,
    ],
    ['telltale_ingest_rows_total', 'counter', 'Rows that were stored.', figures.rows],
    ['telltale_ingest_samples_total', 'counter', 'Samples that were stored.', figures.samples],
    ['telltale_ingest_refused_rows_total', 'counter', 'Rows that were refused with a reason.', figures.refusedRows],
    [
      'telltale_ingest_skipped_strings_total',
      'counter',
      'String values, which are accepted and not stored.',
      figures.skippedStrings,
    ],
    [
      'telltale_ingest_ignored_total',
      'counter',
      'Exemplars and native histograms, which are not stored.',
      figures.ignored,
    ],
    ['telltale_queries_running', 'gauge', 'Queries under way.', reader.gate.runningCount],
    ['telltale_queries_waiting', 'gauge', 'Queries waiting for their turn.', reader.gate.waitingCount],
    ['telltale_tsdb_series', 'gauge', 'Series that are known.', engineFigures.series],
    ['telltale_tsdb_row_groups', 'gauge', 'Row groups that are known.', engineFigures.rowGroups],
    ['telltale_tsdb_open_rows', 'gauge', 'Rows in memory that are not yet in blocks.', engineFigures.openRows],
    ['telltale_tsdb_open_bytes', 'gauge', 'Memory of rows that are not yet in blocks.', engineFigures.openBytes],
    ['telltale_tsdb_block_bytes', 'gauge', 'Memory of blocks that are not yet in segments.', engineFigures.blockBytes],
    ['telltale_tsdb_wal_bytes', 'gauge', 'Size of the write-ahead log.', engineFigures.walBytes],
    ['telltale_tsdb_raw_bytes', 'gauge', 'Size of raw segments.', engineFigures.rawBytes],
    ['telltale_tsdb_5m_bytes', 'gauge', 'Size of 5-minute segments.', engineFigures.fiveMinuteBytes],
    ['telltale_tsdb_1h_bytes', 'gauge', 'Size of 1-hour segments.', engineFigures.hourBytes],
    ['telltale_tsdb_segments', 'gauge', 'Segment files of all tiers.', engineFigures.segments],
  ];
  if (Number.isFinite(engineFigures.oldestRawMs)) {
    const oldest = engineFigures.oldestRawMs / 1000;
    lines.push(['telltale_tsdb_oldest_raw_timestamp_seconds', 'gauge', 'Time of the oldest raw sample.', oldest]);
  }
  return lines
    .map(([name, type, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`)
    .join('');
}
