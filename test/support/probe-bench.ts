/** What probes need, on loopback: real sockets, a fixed answer to pings where a test wants one. */

import type { EchoResult, Pinger } from '../../src/icmp/echo.ts';
import { Cancellation } from '../../src/lib/cancellation.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { PlanCache } from '../../src/probes/plan-cache.ts';
import type { Probe, ProbeResult, ProbeTarget, ProbeTools } from '../../src/probes/probe.ts';
import { EngineRegistry } from '../../src/snmp/engine-registry.ts';
import { PacketBudget } from '../../src/snmp/packet-budget.ts';
import { UdpPort } from '../../src/snmp/udp.ts';
import { hurriedClock } from './snmp-session.ts';

export class FixedPinger implements Pinger {
  readonly way = 'raw';
  readonly sentence = 'Pings are made up.';
  readonly asked: string[] = [];
  answer: EchoResult = { kind: 'reply', rttMs: 1 };

  ping(address: string): Promise<EchoResult> {
    this.asked.push(address);
    return Promise.resolve(this.answer);
  }

  close(): void {}
}

export async function probeTools(pinger: Pinger = new FixedPinger()): Promise<ProbeTools> {
  return {
    clock: hurriedClock,
    log: silentLogger,
    udp: new UdpPort(silentLogger),
    engines: new EngineRegistry(),
    pinger,
    plans: await PlanCache.load(),
    resolve: (address) => Promise.resolve({ kind: 'address', address }),
  };
}

export function probeTarget(changes: Partial<ProbeTarget> = {}): ProbeTarget {
  return {
    deviceId: '1',
    monitorId: '2',
    address: '127.0.0.1',
    interfaces: {},
    knownInterfaces: [],
    budget: new PacketBudget(1000, () => hurriedClock.monotonicMs()),
    ...changes,
  };
}

/** One poll of a probe with these settings. */
export function pollOnce(
  probe: Probe,
  settings: unknown,
  tools: ProbeTools,
  target: Partial<ProbeTarget> = {},
): Promise<ProbeResult> {
  const run = probe.start(probeTarget(target), probe.settings.parse(settings), tools);
  return run.poll(new Cancellation()).finally(() => run.close());
}
