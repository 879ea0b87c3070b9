import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Finding,
  type Identification,
  type Network,
  type ScanOptions,
  type ScanProgress,
  scan,
  WINDOWS_PORTS,
} from '../../src/discovery/scan.ts';
import { systemClock } from '../../src/lib/clock.ts';

interface Plant {
  readonly names?: Readonly<Record<string, string>>;
  readonly ping?: readonly string[];
  readonly ports?: Readonly<Record<string, readonly number[]>>;
  readonly identify?: (address: string, credential: number, isQuick: boolean) => Identification;
}

function plant({ names = {}, ping = [], ports = {}, identify }: Plant): { network: Network; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    network: {
      ping: async (address) => ping.includes(address),
      openPorts: async (address) => ports[address] ?? [],
      identify: async (address, credential, isQuick) => {
        asked.push(`${address}#${credential}${isQuick ? ' quick' : ''}`);
        return identify?.(address, credential, isQuick) ?? { ok: false, code: 'timeout' };
      },
      addressOf: async (name) => names[name],
      reverseName: async (address) => (address.endsWith('.1') ? 'router.example' : undefined),
    },
  };
}

async function run(
  network: Network,
  options: Partial<ScanOptions>,
): Promise<{ found: Finding[]; told: ScanProgress[] }> {
  const found: Finding[] = [];
  const told: ScanProgress[] = [];
  await scan({
    addresses: ['10.0.0.1', '10.0.0.2', '10.0.0.3'],
    credentials: [{ id: 1 }, { id: 2 }],
    ports: [],
    network,
    clock: systemClock,
    onFound: (finding) => found.push(finding),
    onProgress: (progress) => told.push(progress),
    signal: new AbortController().signal,
    addressesPerSecond: 10_000,
    ...options,
  });
  return { found, told };
}

const CISCO: Identification = {
  ok: true,
  template: 'cisco/ios',
  confidence: 0.7,
  reasons: ['because'],
  facts: { vendor: 'Cisco' },
};

test('a device is found with what answered, the credential that works, template, reasons and name', async () => {
  const { network } = plant({
    ping: ['10.0.0.1'],
    identify: (_, id) => (id === 2 ? CISCO : { ok: false, code: 'timeout' }),
  });
  const { found, told } = await run(network, { addresses: ['10.0.0.1'] });
  assert.deepEqual(found, [
    {
      address: '10.0.0.1',
      answered: ['icmp', 'snmp'],
      hostname: 'router.example',
      credentialId: 2,
      template: 'cisco/ios',
      confidence: 0.7,
      reasons: ['because'],
      facts: { vendor: 'Cisco' },
    },
  ]);
  assert.deepEqual(told.at(-1), { scanned: 1, found: 1 });
});

test('silent addresses are asked quickly, once with each credential', async () => {
  const { network, asked } = plant({ ping: ['10.0.0.2'] });
  const { found } = await run(network, {});
  assert.deepEqual(asked.toSorted(), [
    '10.0.0.1#1 quick',
    '10.0.0.1#2 quick',
    '10.0.0.2#1',
    '10.0.0.2#2',
    '10.0.0.3#1 quick',
    '10.0.0.3#2 quick',
  ]);
  assert.deepEqual(
    found.map(({ address, answered }) => [address, answered]),
    [['10.0.0.2', ['icmp']]],
  );
});

test('a device that drops echoes is found by SNMP', async () => {
  const { network } = plant({ identify: (address) => (address === '10.0.0.3' ? CISCO : { ok: false }) });
  const { found } = await run(network, {});
  assert.deepEqual(
    found.map(({ address, answered }) => [address, answered]),
    [['10.0.0.3', ['snmp']]],
  );
});

test('an account whose password was refused is not tried with another one', async () => {
  const { network, asked } = plant({ ping: ['10.0.0.1'], identify: () => ({ ok: false, code: 'wrong_digest' }) });
  const credentials = [
    { id: 1, account: 'monitor' },
    { id: 2, account: 'monitor' },
    { id: 3, account: 'other' },
    { id: 4 },
  ];
  await run(network, { addresses: ['10.0.0.1'], credentials });
  assert.deepEqual(asked, ['10.0.0.1#1', '10.0.0.1#3', '10.0.0.1#4']);
});

test('where nothing listens, further credentials are not tried', async () => {
  const { network, asked } = plant({ ping: ['10.0.0.1'], identify: () => ({ ok: false, code: 'port_unreachable' }) });
  await run(network, { addresses: ['10.0.0.1'] });
  assert.deepEqual(asked, ['10.0.0.1#1']);
});

test('a name is looked up once, and not asked where it leads nowhere or to what was left out', async () => {
  const { network, asked } = plant({
    names: { 'plc.example': '10.0.9.1', 'sw.example': '10.0.0.1' },
    ping: ['10.0.0.1'],
    identify: () => CISCO,
  });
  const addresses = ['plc.example', 'sw.example', 'nowhere.example'];
  const { found, told } = await run(network, { addresses, isLeftOut: (address) => address.startsWith('10.0.9.') });
  assert.deepEqual(asked, ['10.0.0.1#1']);
  assert.deepEqual(
    found.map(({ address, answered, hostname }) => [address, answered, hostname]),
    [['sw.example', ['icmp', 'snmp'], undefined]],
  );
  assert.deepEqual(told.at(-1), { scanned: 3, found: 1 });
});

test('ports are asked only when wanted', async () => {
  const { network } = plant({ ports: { '10.0.0.2': [135, 5985] } });
  assert.deepEqual((await run(network, {})).found, []);
  const { found } = await run(network, { ports: WINDOWS_PORTS });
  assert.deepEqual(
    found.map(({ answered }) => answered),
    [['tcp/135', 'tcp/5985']],
  );
});

test('a cancelled scan ends at once and reports no more', async () => {
  const abort = new AbortController();
  const { network } = plant({ ping: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] });
  const { found } = await run(network, { signal: abort.signal, concurrency: 1, onFound: () => abort.abort() });
  assert.equal(found.length, 0);
  const again = await run(network, { signal: abort.signal });
  assert.deepEqual(again.told.at(-1), { scanned: 0, found: 0 });
});

test('so many addresses a second, so many at once', async () => {
  let atOnce = 0;
  let most = 0;
  const began: number[] = [];
  const { network } = plant({});
  const slow: Network = {
    ...network,
    ping: async () => {
      began.push(performance.now());
      most = Math.max(most, ++atOnce);
      await systemClock.sleep(5);
      atOnce--;
      return false;
    },
  };
  const addresses = Array.from({ length: 20 }, (_, i) => `10.0.1.${i}`);
  await run(slow, { addresses, credentials: [], concurrency: 3, addressesPerSecond: 1000 });
  assert.equal(began.length, 20);
  assert.ok(most <= 3);
  assert.ok(began.at(-1)! - began[0]! >= 18);
});
