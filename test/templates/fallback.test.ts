/** A model that no template has heard of is still known by its maker's number. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectDevice } from '../../src/templates/inspection.ts';
import { TemplateLibrary } from '../../src/templates/library.ts';
import { Recording } from '../../src/templates/recording.ts';

const library = await TemplateLibrary.load();

/** Private enterprise numbers and the makers that a device below them belongs to. */
const MAKERS: readonly (readonly [number, string])[] = [
  [9, 'Cisco'],
  [11, 'HPE'],
  [25506, 'H3C'],
  [14823, 'Aruba'],
  [47196, 'Aruba'],
  [2636, 'Juniper'],
  [3224, 'Juniper'],
  [674, 'Dell'],
  [6027, 'Dell'],
  [8691, 'Moxa'],
  [248, 'Hirschmann'],
  [4329, 'Siemens'],
  [15004, 'Siemens'],
  [16177, 'Westermo'],
  [10297, 'Advantech'],
  [30140, 'Advantech'],
  [28381, 'N-TRON'],
  [14988, 'MikroTik'],
  [4413, 'Broadcom'],
  [10002, 'Ubiquiti'],
  [41112, 'Ubiquiti'],
  [11863, 'TP-Link'],
  [16972, 'TP-Link'],
  [48690, 'Teltonika'],
  [25053, 'Ruckus'],
  [12356, 'Fortinet'],
  [25461, 'Palo Alto Networks'],
  [8741, 'SonicWall'],
  [3097, 'WatchGuard'],
  [2604, 'Sophos'],
  [9789, 'Sophos'],
  [2620, 'Check Point'],
  [1916, 'Extreme Networks'],
  [207, 'Allied Telesis'],
  [171, 'D-Link'],
  [4526, 'Netgear'],
  [890, 'Zyxel'],
  [2011, 'Huawei'],
  [30065, 'Arista'],
  [1588, 'Brocade'],
  [1966, 'Perle'],
  [10456, 'Planet'],
  [2736, 'EtherWAN'],
  [4346, 'Phoenix Contact'],
  [24062, 'Korenix'],
  [2356, 'LANCOM'],
  [7367, 'DrayTek'],
  [29671, 'Cisco Meraki'],
];

test('an unknown model of a known maker has a template and a vendor', async () => {
  const found: string[] = [];
  for (const [number] of MAKERS) {
    const recording = new Recording(Buffer.from(`1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.${number}.9876.5`));
    const { recognition, facts } = await inspectDevice(library, recording, { nowMs: Date.UTC(2026, 0, 1) });
    found.push(`${number} ${recognition.template === 'generic/snmp' ? 'nobody' : facts.vendor}`);
  }
  assert.deepEqual(
    found,
    MAKERS.map(([number, maker]) => `${number} ${maker}`),
  );
});
