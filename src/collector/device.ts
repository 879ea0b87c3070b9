/** One device of the configuration: its monitors, its queue, its packet budget. */

import type { DeviceSection } from '../model/collector-config.ts';
import { PacketBudget } from '../snmp/packet-budget.ts';
import { DeviceQueue } from './device-queue.ts';
import type { Monitor } from './monitor.ts';

export class Device {
  readonly section: DeviceSection;
  /** Survives changes of the configuration, so that a running poll and its successor never overlap. */
  readonly queue: DeviceQueue;
  readonly budget: PacketBudget;
  /** What the runs were made of beside the section: the credentials and added plugins that its monitors use. */
  readonly inputs: string;
  readonly monitors = new Map<string, Monitor>();

  constructor(section: DeviceSection, inputs: string, monotonicMs: () => number, before: Device | undefined) {
    this.section = section;
    this.inputs = inputs;
    this.queue = before?.queue ?? new DeviceQueue();
    this.budget =
      before?.budget.packetsPerSecond === section.packets_per_second
        ? before.budget
        : new PacketBudget(section.packets_per_second, monotonicMs);
  }

  close(): void {
    for (const { run } of this.monitors.values()) run.close();
    this.monitors.clear();
  }
}
