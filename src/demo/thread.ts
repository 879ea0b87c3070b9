/** The demo's thread: one SNMP agent a device, moved on once a second. Says `ready` or `failed` to main. */
import { parentPort, workerData } from 'node:worker_threads';
import { SnmpAgent } from '../snmp/agent.ts';
import { Mib } from '../snmp/mib.ts';
import { PLANT_COMMUNITY, PLANT_PORT, plantAddress, plantDevices } from './plant.ts';
import { shiftLoad } from './shift.ts';

export interface DemoThreadData {
  readonly devices: number;
}

export type DemoThreadMessage = { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly reason: string };

const STEP_MS = 1000;

async function run(data: DemoThreadData): Promise<void> {
  const devices = plantDevices(data.devices).map((device, i) => device.simulate(7919 * (i + 1)));
  const step = () => {
    const nowMs = Date.now();
    for (const device of devices) device.step(STEP_MS / 1000, shiftLoad(nowMs), nowMs);
  };
  step();
  const agents = devices.map(
    (device, i) =>
      new SnmpAgent({
        address: plantAddress(i),
        port: PLANT_PORT,
        community: PLANT_COMMUNITY,
        mib: new Mib(device.values),
      }),
  );
  for (const agent of agents) await agent.start();
  setInterval(step, STEP_MS);
}

run(workerData as DemoThreadData).then(
  () => parentPort?.postMessage({ kind: 'ready' } satisfies DemoThreadMessage),
  (error: Error) => parentPort?.postMessage({ kind: 'failed', reason: error.message } satisfies DemoThreadMessage),
);
