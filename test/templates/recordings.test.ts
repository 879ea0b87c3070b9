/** Real devices, recorded: each is recognised, and gives the facts and families that it holds. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { SENSOR_CLASSES } from '../../src/templates/families.ts';
import { inspectDevice } from '../../src/templates/inspection.ts';
import { TemplateLibrary } from '../../src/templates/library.ts';
import { Recording } from '../../src/templates/recording.ts';

const folder = path.resolve(import.meta.dirname, '../../../shared/material/recordings');
const skip = fs.existsSync(folder) ? false : 'the recordings are not beside this checkout (../shared/material)';
const library = await TemplateLibrary.load();

/** Recording; template; vendor | model | version; families (sensors by class). */
const DEVICES: readonly (readonly [string, string, string, string])[] = [
  [
    'advantech_eki-7428g-4c',
    'advantech/eki',
    'Advantech | EKI-7428G-4C | 1.02.03 Build D120308S06449',
    'current interface redundancy signal temperature voltage',
  ],
  ['akcp_serverprobe8', 'akcp/sensorprobe', 'AKCP | sensorProbe8 | 2.0', 'contact humidity interface temperature'],
  [
    'apc-netbotz_netbotz750',
    'apc/netbotz',
    'Schneider Electric | NetBotz 750 | 5.4.0.11',
    'contact humidity temperature',
  ],
  ['apc_ap8959eu3', 'apc/pdu', 'APC | AP8959EU3 | 6.4.0', 'current energy interface outlet power redundancy voltage'],
  [
    'apc_smtl1000-nmc3',
    'apc/ups',
    'APC | Smart-UPS 1000 | 2.3.1.1',
    'current frequency humidity interface temperature ups voltage',
  ],
  [
    'arubaos-cx_10.07',
    'aruba/cx',
    'Aruba | JL727A 6200F 48G CL4 4SFP+370W Swch | ML.10.07.0005',
    'bridge cpu fan interface lldp memory power storage temperature',
  ],
  [
    'arubaos',
    'aruba/mobility',
    'Aruba | ArubaS2500-48P | 6.4.4.4-4.2.3.1',
    'cpu interface memory temperature wireless',
  ],
  ['asa', 'cisco/asa', 'Cisco | ASA5555 | 9.12(3)', 'contact fan interface memory redundancy session temperature'],
  ['brother', 'printer/brother', 'Brother | MFC-L2710DW | Q', 'interface memory printer_supply'],
  [
    'ciscosb_cbs350-4x',
    'cisco/small-business',
    'Cisco | CBS350-24P-4X | 3.1.1.4',
    'cpu interface lldp poe redundancy temperature',
  ],
  [
    'comware',
    'hpe/comware',
    'HPE | FF 5700-40XG-2QSFP | 7.1.045, Release 2416',
    'bridge cpu current interface memory redundancy signal temperature voltage',
  ],
  [
    'cyberpower_pr2200rt2uc',
    'cyberpower/ups',
    'CyberPower | PR2200RT2UC | 1.1786',
    'contact current frequency humidity interface power temperature ups voltage',
  ],
  ['dell-os10', 'dell/os10', 'Dell | S4128F-ON | -', 'cpu interface lldp memory redundancy storage temperature'],
  [
    'drac_r640',
    'dell/idrac',
    'Dell | PowerEdge R640 | 5.10.10.00',
    'current disk fan interface power redundancy temperature voltage',
  ],
  [
    'dsm',
    'synology/dsm',
    'Synology | RS2212RP+ | 6.1-15217',
    'cpu disk interface memory redundancy storage temperature',
  ],
  [
    'eatonupsm2_9px+empg2',
    'eaton/ups',
    'Eaton | Eaton 9PX 1000i RT 2U | 01.20.5072',
    'contact current frequency humidity interface power temperature ups voltage',
  ],
  ['edgeswitch_us-8', 'ubiquiti/edgeswitch', 'Ubiquiti | USW | 5.76.7.13442', 'cpu interface lldp'],
  ['fireware_m400', 'watchguard/fireware', 'WatchGuard | Firebox M400 | -', ''],
  [
    'fortigate',
    'fortinet/fortigate',
    'Fortinet | FortiGate 501E | v5.6.4,build1575,180425',
    'cpu fan interface memory session temperature voltage',
  ],
  [
    'gaia',
    'check-point/gaia',
    'Check Point | Check Point 3200 | R80.10',
    'cpu disk fan interface memory storage temperature voltage',
  ],
  [
    'generex-ups_cs141',
    'generex/cs141',
    'Generex | Multimatic Upscale | CS141-SNMP V1.80.17 190618',
    'current frequency interface power ups voltage',
  ],
  [
    'hirschmann',
    'hirschmann/classic',
    'Hirschmann | RS30-1602OOZZSDHPHH | 07.1.05',
    'bridge cpu interface memory redundancy temperature',
  ],
  [
    'hpe-ilo_5_with_bat_checks',
    'hpe/ilo',
    'HPE | ProLiant DL360 Gen10 | 2.71',
    'cpu disk interface memory power redundancy storage temperature voltage',
  ],
  ['hwg-ste2', 'hw-group/ste', 'HW group | STE2 r2 | 1.5.5_2394', 'contact temperature'],
  [
    'ios_2960x',
    'cisco/ios',
    'Cisco | WS-C2960X-48FPS-L | 15.0(2a)EX5',
    'bridge cpu current interface memory poe power redundancy signal temperature voltage',
  ],
  ['ios_ie1000', 'cisco/ie1000', 'Cisco | IE-1000-8P2S-LM | 1.8.2', 'interface'],
  ['iosxe_c9300', 'cisco/ios', 'Cisco | C9300-48P | 16.6.7', 'interface'],
  [
    'iosxe_isr4321',
    'cisco/ios',
    'Cisco | ISR4321/K9 | 17.6.4',
    'current fan interface power redundancy signal temperature voltage',
  ],
  [
    'janitza-umg96_umg96',
    'janitza/umg96',
    'Janitza | UMG96RM-E-RCM | -',
    'apparent_power current energy frequency percent power power_factor reactive_power voltage',
  ],
  ['jetdirect_m252dw', 'printer/hp', 'HP | Color LaserJet Pro M252dw | 1F31B6C', 'interface memory printer_supply'],
  [
    'jetstream_sg2218p',
    'tp-link/jetstream',
    'TP-Link | SG2218P 1.20 | 1.20.4 Build 20241205 Rel.64944',
    'bridge cpu interface memory poe power',
  ],
  [
    'junos_qfx5100',
    'juniper/junos',
    'Juniper | qfx5100-48s-6q | 14.1X53-D40.8',
    'cpu current interface lldp memory redundancy signal storage temperature',
  ],
  [
    'linux_powermon',
    'linux/net-snmp',
    'Red Hat | x86_64 | 4.18.0-259.el8.x86_64',
    'cpu disk interface memory storage temperature',
  ],
  [
    'moxa-etherdevice_eds510e',
    'moxa/etherdevice',
    'Moxa | EDS-510E | V6.4 build 25021113',
    'interface power redundancy',
  ],
  ['ntron', 'n-tron/switch', 'N-TRON | - | -', 'interface'],
  [
    'nxos_n3k-3064pq',
    'cisco/nxos',
    'Cisco | N3K-C3064PQ-10GX | 7.0(3)I7(8)',
    'bridge cpu current interface lldp memory redundancy signal temperature voltage',
  ],
  [
    'panos_440',
    'palo-alto/panos',
    'Palo Alto Networks | PA-440 | 10.1.14-h6',
    'contact cpu interface memory session storage temperature',
  ],
  ['pfsense', 'netgate/pfsense', 'Netgate | amd64 | 2.3.2-RELEASE', 'cpu disk interface memory session storage'],
  [
    'poweralert_2',
    'tripp-lite/poweralert',
    'Tripp Lite | SMART1500RMXL2UA | 12.06.0069',
    'contact current frequency humidity interface power temperature ups voltage',
  ],
  [
    'procurve',
    'hpe/procurve',
    'HPE | JL074A | KB.16.11.0020',
    'cpu current interface lldp memory power redundancy signal temperature voltage',
  ],
  ['qnap', 'qnap/qts', 'QNAP | TVS-871U-RP | 4.3.3', 'cpu disk fan interface memory redundancy storage temperature'],
  [
    'raritan-pdu_px2-temp',
    'raritan/px',
    'Raritan | PX2 | 030400',
    'current frequency humidity interface power temperature voltage',
  ],
  [
    'rittal-cmc-iii-pu_compact',
    'rittal/cmc-iii',
    'Rittal | CMC III PU Compact | V3.15.70_4',
    'contact cpu current interface temperature voltage',
  ],
  [
    'routeros_crs317',
    'mikrotik/routeros',
    'MikroTik | CRS317-1G-16S+ | 6.44.2',
    'cpu fan interface lldp memory storage temperature',
  ],
  ['ruckuswireless-sz', 'ruckus/smartzone', 'Ruckus | SZ104 | 3.6.2.0.78', 'cpu memory storage wireless'],
  [
    'rutos-2xx_rut240v7',
    'teltonika/rutos',
    'Teltonika | RUT240 | RUT2_R_00.07.06.21',
    'contact cpu interface memory ratio signal storage temperature',
  ],
  [
    'scalance_xc206-2sfp',
    'siemens/scalance',
    'Siemens | XC206-2SFP | V04.02.00',
    'bridge cpu current interface lldp memory redundancy signal temperature voltage',
  ],
  ['scs-ks', 'carel/cpco', 'Carel | cpCO | -', 'humidity interface temperature'],
  ['sonicwall_sonicos7', 'sonicwall/sonicos', 'SonicWall | TZ 570 | 7.0.1-R1456', 'interface memory session'],
  [
    'sophos-xg_xgs2100',
    'sophos/xg',
    'Sophos | XGS2100 | 22.0.2 MR-2-Build546',
    'cpu fan interface memory redundancy session storage temperature',
  ],
  [
    'stulz_wib8000',
    'stulz/wib8000',
    'Stulz | WIB 8000 | -',
    'contact flow humidity interface percent pressure temperature',
  ],
  [
    'truenas-scale_24.04.2.2',
    'truenas/truenas',
    'iXsystems | x86_64 Intel(R) Core(TM) i7-4790 CPU @ 3.60GHz | 24.04.2.2',
    'cpu disk interface memory redundancy storage',
  ],
  ['unifi_nanohd', 'ubiquiti/unifi-ap', 'Ubiquiti | UAP-nanoHD | 5.43.36.12724', 'cpu interface memory wireless'],
  [
    'vmware-esxi',
    'vmware/esxi',
    'VMware | ProLiant DL380p Gen8 | 7.0.0 build 15843807',
    'cpu interface memory storage vm',
  ],
  ['weos_ddw-225', 'westermo/weos', 'Westermo | DDW-225 | 4.28.6', 'interface memory ratio temperature'],
  [
    'windows_svr_2019_1809',
    'microsoft/windows',
    'Microsoft | Intel64 | 2019 (build 17763)',
    'cpu interface memory storage',
  ],
  [
    'xclarity_sr665',
    'lenovo/xclarity',
    'Lenovo | ThinkSystem SR665 V3 | KAX322V 2.30',
    'cpu interface memory percent power storage temperature voltage',
  ],
];

for (const [name, template, device, families] of DEVICES) {
  test(`${name} is recognised as ${template} and gives what it holds`, { skip }, async () => {
    const recording = new Recording(fs.readFileSync(path.join(folder, `${name}.snmprec`)));
    const found = await inspectDevice(library, recording, { nowMs: Date.UTC(2026, 0, 1) });
    assert.equal(found.template, template);
    assert.ok(found.recognition.confidence >= 0.5, `confidence ${found.recognition.confidence}`);
    assert.notEqual(found.recognition.reasons.length, 0);
    const { vendor = '-', model = '-', version = '-' } = found.facts;
    assert.equal([vendor, model, version].join(' | '), device);

    const seen = new Set<string>();
    const keys = new Set<string>();
    for (const { measurement, tags, fields } of found.rows) {
      const key = `${measurement} ${JSON.stringify(Object.entries(tags).toSorted())}`;
      assert.ok(!keys.has(key), `twice: ${key}`);
      keys.add(key);
      if (measurement === 'sensor') assert.ok(tags.class! in SENSOR_CLASSES, `class ${tags.class}`);
      seen.add(measurement === 'sensor' ? tags.class! : measurement);
      for (const [field, value] of Object.entries(fields)) assert.ok(Number.isFinite(value), `${key} ${field}`);
    }
    const missing = families.split(' ').filter((family) => family !== '' && !seen.has(family));
    assert.deepEqual(missing, []);
  });
}
