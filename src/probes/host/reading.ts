/** What reading a machine gives: rows, interfaces and facts. Both ways to read (Linux itself, a library elsewhere) give this. */
import type { InterfaceRuling } from '../../model/interface-rule.ts';
import type { DeviceFacts, ObservedInterface } from '../../model/observation.ts';
import type { PolledRow } from '../../templates/poll-plan.ts';

export interface HostReading {
  readonly rows: readonly PolledRow[];
  readonly interfaces: readonly ObservedInterface[];
}

export interface HostChoice {
  /** Processes to report, those that use most. */
  readonly processes: number;
  readonly perCore: boolean;
  /** By `ifname`: what a person decided to poll or not. */
  readonly interfaces: Readonly<Record<string, boolean>>;
  /** What rules say of the others. */
  readonly interfaceRuling?: InterfaceRuling | undefined;
}

export interface HostReader {
  /** Everything once. Rates cover the time since the reading before. */
  read(): Promise<HostReading>;
  facts(): Promise<DeviceFacts>;
}

export interface ProcessUse {
  readonly name: string;
  /** Of one core. */
  readonly cpuPercent: number;
  readonly memoryBytes: number;
}

/**
 * Rows of the processes that use most, summed up by name: by CPU time and by memory. A name that was reported before
 * stays while it is among the first twice as many, so that series do not come and go with every reading.
 */
export function processRows(uses: readonly ProcessUse[], count: number, before: ReadonlySet<string>): PolledRow[] {
  const byName = new Map<string, { running: number; cpu_percent: number; memory_bytes: number }>();
  for (const { name, cpuPercent, memoryBytes } of uses) {
    const sum = byName.get(name) ?? { running: 0, cpu_percent: 0, memory_bytes: 0 };
    sum.running++;
    sum.cpu_percent += cpuPercent;
    sum.memory_bytes += memoryBytes;
    byName.set(name, sum);
  }
  const half = Math.ceil(count / 2);
  const orders = (['cpu_percent', 'memory_bytes'] as const).map((key) =>
    [...byName].toSorted(([, a], [, b]) => b[key] - a[key]),
  );
  const chosen = new Map(
    orders.flatMap((order) => order.filter(([name], rank) => rank < half || (before.has(name) && rank < 2 * count))),
  );
  return [...chosen].map(([name, { running, cpu_percent, memory_bytes }]) => ({
    measurement: 'process',
    tags: { name },
    fields: { running, cpu_percent: tenth(cpu_percent), memory_bytes },
  }));
}

/** Names in rows of `processRows`. */
export function processNames(rows: readonly PolledRow[]): Set<string> {
  return new Set(rows.flatMap(({ measurement, tags }) => (measurement === 'process' ? [tags.name!] : [])));
}

/** Percentages finer than a tenth are noise. */
export function tenth(percent: number): number {
  return Math.round(percent * 10) / 10;
}

/** Interfaces that only copy what others carry are not polled unless somebody wants them. */
export function isPolledByDefault(name: string): boolean {
  return !/^(?:lo\d*|veth.*|ifb\d+|dummy\d+|docker\d+|cni.*|cali.*|flannel.*|tap.*|vnet\d+|nlmon\d+)$/.test(name);
}
