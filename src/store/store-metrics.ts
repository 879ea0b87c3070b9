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
  const memory = process.memoryUsage();
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
    ['telltale_store_heap_bytes', 'gauge', 'Heap of the store thread.', memory.heapUsed],
  ];
  const own = lines.map(
    ([name, type, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`,
  );
  return own.join('') + engine.metrics();
}
