/** A UPS as the UPS-MIB (RFC 1628) describes it; every few minutes the mains fails for a short while. */
import { addSystem, MibBuilder, type SimulatedDevice } from '../device.ts';
import { seededRandom, Wander } from '../shift.ts';

const UPS = '1.3.6.1.2.1.33.1';
const OUTAGE_PERIOD_MS = 420_000;
const OUTAGE_MS = 60_000;
/** upsOutputSource: 3 normal, 5 battery. */
const NORMAL = 3;
const BATTERY = 5;

export function simulateUps(name: string, location: string, seed: number): SimulatedDevice {
  const random = seededRandom(seed);
  const mib = new MibBuilder();
  const uptime = addSystem(mib, { descr: 'UPS network card', objectId: '1.3.6.1.2.1.33', name, location });
  uptime.value = 8_640_000 * 212;
  mib.text(`${UPS}.1.1.0`, 'Generex');
  mib.text(`${UPS}.1.2.0`, 'Smart 3000 RT');
  mib.text(`${UPS}.1.3.0`, '4.18');
  mib.text(`${UPS}.1.4.0`, '2.06');
  const batteryStatus = mib.integer(`${UPS}.2.1.0`, 2);
  const secondsOnBattery = mib.integer(`${UPS}.2.2.0`, 0);
  const minutesLeft = mib.integer(`${UPS}.2.3.0`, 38);
  const charge = mib.integer(`${UPS}.2.4.0`, 100);
  mib.integer(`${UPS}.2.5.0`, 547);
  const temperature = mib.integer(`${UPS}.2.7.0`, 24);
  mib.integer(`${UPS}.3.2.0`, 1);
  mib.integer(`${UPS}.3.3.1.2.1`, 500);
  const inputVolts = mib.integer(`${UPS}.3.3.1.3.1`, 231);
  const source = mib.integer(`${UPS}.4.1.0`, NORMAL);
  mib.integer(`${UPS}.4.2.0`, 500);
  mib.integer(`${UPS}.4.3.0`, 1);
  const outputVolts = mib.integer(`${UPS}.4.4.1.2.1`, 230);
  const outputPower = mib.integer(`${UPS}.4.4.1.4.1`, 900);
  const outputLoad = mib.integer(`${UPS}.4.4.1.5.1`, 33);
  mib.gauge(`${UPS}.6.1.0`, 0);
  const heat = new Wander(24, 0.3, random);
  let percent = 100;
  return {
    name,
    values: mib.values,
    step(seconds, load, atMs) {
      uptime.value += seconds * 100;
      const outage = atMs % OUTAGE_PERIOD_MS < OUTAGE_MS;
      percent = outage ? Math.max(8, percent - seconds * 0.35) : Math.min(100, percent + seconds * 0.2);
      charge.value = Math.round(percent);
      source.value = outage ? BATTERY : NORMAL;
      batteryStatus.value = percent < 20 ? 3 : 2;
      secondsOnBattery.value = outage ? secondsOnBattery.value + seconds : 0;
      inputVolts.value = outage ? 0 : Math.round(230 + random() * 3);
      outputVolts.value = Math.round(229.5 + random());
      outputLoad.value = Math.round(22 + 30 * load + random() * 2);
      outputPower.value = Math.round(outputLoad.value * 27);
      minutesLeft.value = Math.round((percent / 100) * (1200 / outputLoad.value));
      temperature.value = Math.round(heat.next(outage ? 29 : 24));
    },
  };
}
