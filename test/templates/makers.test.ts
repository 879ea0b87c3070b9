/** Devices that no template knows by model are recognised by their maker's number, with maker and operating system. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectDevice } from '../../src/templates/inspection.ts';
import { TemplateLibrary } from '../../src/templates/library.ts';
import { Recording } from '../../src/templates/recording.ts';

const library = await TemplateLibrary.load();

/** sysObjectID of no known model → template | vendor. */
const MAKERS: readonly (readonly [string, string])[] = [
  ['318.1.3.99.1', 'apc/common | APC'],
  ['5528.99.1', 'apc/netbotz | Schneider Electric'],
  ['534.99.1', 'eaton/ups | Eaton'],
  ['705.99', 'eaton/mge | Eaton'],
  ['3808.9.9', 'cyberpower/ups | CyberPower'],
  ['1356.9.9', 'generex/cs141 | Generex'],
  ['850.99', 'tripp-lite/poweralert | Tripp Lite'],
  ['935.99', 'megatec/ups | Megatec'],
  ['5491.999', 'riello/netman | Riello'],
  ['4555.1.1.99', 'socomec/ups | Socomec'],
  ['2254.9', 'delta/ups | Delta'],
  ['2011.6.174.99', 'huawei/ups | Huawei'],
  ['476.1.99', 'vertiv/liebert | Vertiv'],
  ['21239.99', 'vertiv/geist | Vertiv'],
  ['10418.99', 'avocent/acs | Vertiv'],
  ['13742.99', 'raritan/appliance | Raritan'],
  ['1718.99', 'server-technology/sentry4 | Server Technology'],
  ['2606.99', 'rittal/cmc-tc | Rittal'],
  ['3854.99', 'akcp/sensorprobe-plus | AKCP'],
  ['21796.9', 'hw-group/ste | HW group'],
  ['29462.99', 'stulz/wib8000 | Stulz'],
  ['9839.99', 'carel/pcoweb | Carel'],
  ['34278.99', 'janitza/umg96 | Janitza'],
  ['28507.999', 'gude/device | Gude'],
  ['5040.99', 'wut/web-io | W&T'],
  ['20916.99', 'avtech/room-alert | AVTECH'],
  ['12148.99', 'eltek/smartpack | Eltek'],
  ['674.10892.99', 'dell/device | Dell'],
  ['232.99', 'hpe/ilo | HPE'],
  ['19046.99', 'lenovo/xclarity | Lenovo'],
  ['10876.99', 'supermicro/bmc | Supermicro'],
  ['6574.9', 'synology/dsm | Synology'],
  ['24681.9', 'qnap/qts | QNAP'],
  ['55062.9', 'qnap/qts | QNAP'],
  ['50536.9', 'truenas/truenas | iXsystems'],
  ['789.9.9', 'netapp/ontap | NetApp'],
  ['311.1.1.3.1.9', 'microsoft/windows | Microsoft'],
  ['6876.9.9', 'vmware/esxi | VMware'],
  ['8072.3.2.10', 'linux/net-snmp | Linux'],
  ['11.2.3.9.99', 'printer/hp | HP'],
  ['2435.2.9', 'printer/brother | Brother'],
  ['1602.9.9', 'printer/canon | Canon'],
  ['367.9.9', 'printer/ricoh | Ricoh'],
  ['253.8.99', 'printer/xerox | Xerox'],
  ['1347.99', 'printer/kyocera | Kyocera'],
  ['1248.9.9', 'printer/epson | Epson'],
  ['641.99', 'printer/lexmark | Lexmark'],
  ['18334.9', 'printer/konica-minolta | Konica Minolta'],
  ['10642.99', 'printer/zebra | Zebra'],
];

test('an unknown model is recognised by the number of its maker', async () => {
  for (const [number, expected] of MAKERS) {
    const recording = new Recording(Buffer.from(`1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.${number}`));
    const { template, facts } = await inspectDevice(library, recording, { nowMs: Date.UTC(2026, 0, 1) });
    assert.equal(`${template} | ${facts.vendor ?? '-'}`, expected, number);
    assert.ok(facts.os, `${number} has an operating system`);
  }
});
