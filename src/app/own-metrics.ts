/** Figures of the main thread, and all of ours as rows in our own engine (`telltale_*`). */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { VERSION } from '../lib/version.ts';
import type { TenantId } from '../model/tenant.ts';

type Figure = readonly [name: string, type: 'counter' | 'gauge', help: string, value: number];

export interface OwnMetricsOptions {
  readonly alerting: () => { evaluations: number; failures: number; sent: number; failed: number; waiting: number };
  readonly clients: () => number;
  readonly devices: () => number;
}

/** Every look wakes the process. */
const LOOK_MS = 100;

export class OwnMetrics {
  readonly #options: OwnMetricsOptions;
  readonly #delay = monitorEventLoopDelay({ resolution: LOOK_MS });

  constructor(options: OwnMetricsOptions) {
    this.#options = options;
    this.#delay.enable();
  }

  /** Prometheus exposition format. */
  text(): string {
    const { alerting, clients, devices } = this.#options;
    const { evaluations, failures, sent, failed, waiting } = alerting();
    const cpu = process.cpuUsage();
    const figures: readonly Figure[] = [
      ['process_cpu_seconds_total', 'counter', 'CPU time of the process, all threads', (cpu.user + cpu.system) / 1e6],
      ['process_resident_memory_bytes', 'gauge', 'Resident memory of the process', process.memoryUsage.rss()],
      ['process_uptime_seconds', 'gauge', 'Time since the start', process.uptime()],
      [
        'main_event_loop_delay_seconds',
        'gauge',
        '99th percentile of the delay of the main thread since the last look',
        // What is recorded is the time from one look to the next.
        Math.max(0, this.#delay.percentile(99) / 1e9 - LOOK_MS / 1000),
      ],
      ['devices', 'gauge', 'Devices', devices()],
      ['live_clients', 'gauge', 'Open WebSockets', clients()],
      ['rule_evaluations_total', 'counter', 'Evaluations of alert rules', evaluations],
      ['rule_evaluation_failures_total', 'counter', 'Evaluations of alert rules that failed', failures],
      ['notifications_sent_total', 'counter', 'Notifications delivered since the start', sent],
      ['notifications_failed_total', 'counter', 'Attempts to deliver that failed since the start', failed],
      ['notifications_waiting', 'gauge', 'Notifications that wait for delivery', waiting],
    ];
    this.#delay.reset();
    const info = `# HELP telltale_build_info The version that runs\n# TYPE telltale_build_info gauge\ntelltale_build_info{version="${VERSION}"} 1\n`;
    return (
      info +
      figures
        .map(
          ([name, type, help, value]) =>
            `# HELP telltale_${name} ${help}\n# TYPE telltale_${name} ${type}\ntelltale_${name} ${value}\n`,
        )
        .join('')
    );
  }
}

/** Line protocol of exposition text: `telltale_NAME{labels} value` becomes the field NAME of the measurement `telltale`. */
export function expositionToRows(text: string, nowMs: number): string {
  const rows: string[] = [];
  for (const line of text.split('\n')) {
    const match = /^telltale_([a-z0-9_]+)(?:\{([^}]*)\})? (\S+)$/i.exec(line);
    if (!match || !Number.isFinite(Number(match[3]))) continue;
    const tags = [...(match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
      .filter(([, , value]) => value !== '')
      .map(([, name, value]) => `,${name}=${value!.replaceAll(/([ ,=])/g, '\\$1')}`);
    rows.push(`telltale${tags.join('')} ${match[1]}=${match[3]} ${nowMs}000000`);
  }
  return `${rows.join('\n')}\n`;
}

/** Ours belong to the first tenant: the one who runs the installation. */
export const OWN_TENANT: TenantId = 1;
