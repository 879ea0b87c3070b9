/** The demo: the simulated plant in its thread, and a server that monitors it. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { type RunningServer, startServer } from '../app.ts';
import type { Config } from '../config/config.ts';
import { PLANT_COMMUNITY, PLANT_PORT, plantAddress, plantDevices } from '../demo/plant.ts';
import type { DemoThreadData, DemoThreadMessage } from '../demo/thread.ts';
import { startThread } from '../lib/thread.ts';
import { DEFAULT_TENANT } from '../model/tenant.ts';
import type { FirstStart } from './first-start.ts';

export interface RunningDemo extends RunningServer {
  readonly username: string;
  readonly password: string;
}

const USERNAME = 'demo';
const PASSWORD_FILE = 'demo-password';
/** Often enough that charts fill while one looks. */
const POLL_EVERY_S = 2;

export async function startDemo(config: Config, devices: number): Promise<RunningDemo> {
  let password = '';
  const server = await startServer({
    config,
    role: 'demo',
    firstStart: async (context) => {
      password = randomBytes(9).toString('base64url');
      fs.writeFileSync(path.join(config.data, PASSWORD_FILE), password, { mode: 0o600 });
      if (context.auth.firstRun.needed()) await context.auth.people.createFirst(DEFAULT_TENANT, USERNAME, password);
      await addPlant(context, devices);
    },
  });
  password ||= fs.readFileSync(path.join(server.dataFolder, PASSWORD_FILE), 'utf8');
  try {
    const plant = await startPlant(devices);
    return { ...server, username: USERNAME, password, stop: () => stopBoth(server, plant) };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function stopBoth(server: RunningServer, plant: Worker): Promise<void> {
  await server.stop();
  await plant.terminate();
}

async function startPlant(devices: number): Promise<Worker> {
  const plant = startThread('demo', { workerData: { devices } satisfies DemoThreadData });
  const message = await new Promise<DemoThreadMessage>((resolve, reject) => {
    plant.once('message', resolve);
    plant.once('error', reject);
  });
  if (message.kind === 'ready') return plant;
  await plant.terminate();
  throw new Error(`The simulated plant cannot start: ${message.reason}. Is another demo running?`);
}

/** The plant's devices, their sites and their credential, as a person would add them. */
const addPlant = async ({ fleet, repositories }: Parameters<FirstStart>[0], count: number): Promise<void> => {
  const credential = fleet.credentials.create(DEFAULT_TENANT, {
    name: 'Plant SNMP',
    type: 'snmp_v2c',
    public: { port: PLANT_PORT },
    secrets: { community: PLANT_COMMUNITY },
  });
  const now = new Date();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const [index, { name, site, ot }] of plantDevices(count).entries()) {
    if (!repositories.sites.byName(DEFAULT_TENANT, site)) {
      repositories.sites.insert(DEFAULT_TENANT, { name: site, time_zone: zone, description: 'Simulated' }, now);
    }
    const device = fleet.devices.create(DEFAULT_TENANT, {
      name,
      address: plantAddress(index),
      site,
      ot,
      credential_profile_id: credential.id,
      offline_after_s: 60,
    });
    for (const monitor of repositories.monitors.ofDevice(device.id)) {
      fleet.monitors.patch(DEFAULT_TENANT, monitor.id, { polling_interval: POLL_EVERY_S });
    }
  }
};
