import { startDemo } from '../app/demo.ts';
import { DEFAULT_PLANT_SIZE, MAX_PLANT_DEVICES } from '../demo/plant.ts';
import { UsageError } from './arguments.ts';
import { banner } from './serve.ts';
import { readSettingsFlags } from './settings-flags.ts';
import { untilStopped } from './signals.ts';

/** Simulates a plant and monitors it until SIGTERM or SIGINT. */
export async function demo(argv: readonly string[]): Promise<number> {
  const { config, flags } = readSettingsFlags(
    argv,
    { devices: { kind: 'value' } },
    { data: ['telltale-demo-data'], listen: ['127.0.0.1:8080'] },
  );
  const text = flags.devices?.at(-1) ?? String(DEFAULT_PLANT_SIZE);
  const devices = Number(text);
  if (!/^\d+$/.test(text) || devices < 1 || devices > MAX_PLANT_DEVICES) {
    throw new UsageError(`--devices: must be a whole number from 1 to ${MAX_PLANT_DEVICES}, not "${text}"`);
  }
  const stopped = untilStopped();
  const running = await startDemo(config, devices);
  process.stderr.write(`${banner(running)}  Log in as ${running.username} with the password ${running.password}\n\n`);
  await stopped;
  await running.stop();
  return 0;
}
