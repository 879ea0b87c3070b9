/** Added plugins, with real programs: those that answer well, and those that do everything wrong. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Cancellation } from '../../src/lib/cancellation.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { Slots } from '../../src/lib/slots.ts';
import type { PluginSection } from '../../src/model/collector-config.ts';
import { createExecutableHost, type ExecutableHost, executableProbe } from '../../src/probes/executable/executable.ts';
import { PluginFolders } from '../../src/probes/executable/plugin-folders.ts';
import type { ProbeResult, ProbeTarget, ProbeTools } from '../../src/probes/probe.ts';
import { probeTarget, probeTools } from '../support/probe-bench.ts';

const isWindows = process.platform === 'win32';
const skip = isWindows ? 'the programs are scripts for a POSIX system' : false;
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'telltale-test-'));
const folder = path.join(root, 'plugins');
let tools: ProbeTools;
let host: ExecutableHost;

before(async () => {
  tools = { ...(await probeTools()), clock: systemClock };
  host = createExecutableHost(new PluginFolders(folder));
});
after(() => {
  tools.udp.close();
  fs.rmSync(root, { recursive: true, force: true });
});

function write(name: string, text: string, mode = 0o755): void {
  fs.writeFileSync(path.join(folder, name), text);
  fs.chmodSync(path.join(folder, name), mode);
}
const sh = (name: string, body: string) => write(name, `#!/bin/sh\n${body}\n`);
const node = (name: string, body: string) => write(name, `#!${process.execPath}\n${body}\n`);

function plugin(changes: Partial<PluginSection> = {}): PluginSection {
  return {
    id: 'own',
    tenant_id: 1,
    name: 'Own',
    executable: 'own',
    arguments: [],
    timeout_s: 20,
    credential_types: [],
    settings_schema: { type: 'object' },
    fields: [],
    ...changes,
  };
}

interface PollOptions {
  readonly target?: Partial<ProbeTarget>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly stop?: Cancellation;
  readonly on?: ExecutableHost;
}

function poll(section: PluginSection, options: PollOptions = {}): Promise<ProbeResult> {
  const { target = {}, settings = {}, stop = new Cancellation(), on = host } = options;
  const probe = executableProbe(section, on);
  return probe.start(probeTarget(target), probe.settings.parse(settings), tools).poll(stop);
}

/** What a program that writes this, and no more, is told. */
async function errorOf(stdout: string): Promise<string> {
  sh('writes', `cat <<'END'\n${stdout}\nEND`);
  const { rows, error } = await poll(plugin({ executable: 'writes' }));
  assert.deepEqual(rows, []);
  assert.equal(error?.code, 'plugin_answer');
  return error.message;
}

const credential = { type: 'http_basic', values: { username: 'admin', password: 'pass "word"' } } as const;

test('a program is told device, credential, settings and time limit, and its answer becomes rows and facts', {
  skip,
}, async () => {
  node(
    'good',
    `let text = '';
     process.stdin.on('data', (chunk) => { text += chunk; }).on('end', () => {
       const input = JSON.parse(text);
       const fields = { port: input.settings.port, limit: input.timeout_s, arguments: process.argv.length - 2 };
       const tags = { address: input.device.address, id: input.device.id, user: input.credential.username };
       const length = input.credential.password.length;
       const second = { measurement: 'own_kind', tags: { kind: input.credential.type }, fields: { length } };
       console.log(JSON.stringify({ metrics: [{ measurement: 'own', tags, fields }, second], facts: { model: 'X1' } }));
     });`,
  );
  const settings_schema = { type: 'object', properties: { port: { type: 'integer', default: 99 } } };
  const section = plugin({ executable: 'good', arguments: ['a b', '$(id)', '; exit 1'], settings_schema });
  assert.deepEqual(await poll(section, { target: { address: '10.0.0.9', credential } }), {
    rows: [
      {
        measurement: 'own',
        tags: { address: '10.0.0.9', id: '1', user: 'admin' },
        fields: { port: 99, limit: 20, arguments: 3 },
      },
      { measurement: 'own_kind', tags: { kind: 'http_basic' }, fields: { length: 11 } },
    ],
    addedFacts: { model: 'X1' },
  });
});

test('an error of its own is the error of the poll, and what it measured is kept', { skip }, async () => {
  sh(
    'unwell',
    `echo '{"metrics":[{"measurement":"own","fields":{"up":0}}],"error":{"code":"no_route","message":"no way"}}'`,
  );
  assert.deepEqual(await poll(plugin({ executable: 'unwell' })), {
    rows: [{ measurement: 'own', tags: {}, fields: { up: 0 } }],
    error: { code: 'no_route', message: 'no way' },
  });
});

test('nothing of ours is inherited: environment, folder, open files', { skip }, async () => {
  process.env.TELLTALE_TEST_SECRET = 'not for plugins';
  const held = fs.openSync(path.join(root, 'held'), 'w');
  node(
    'looks',
    `const fs = require('node:fs');
     const names = Object.keys(process.env).sort().join(' ');
     const tags = { names, cwd: process.cwd(), files: fs.readdirSync('.').join(' ') || 'none' };
     const held = fs.existsSync('/proc/self/fd')
       ? fs.readdirSync('/proc/self/fd').filter((fd) => { try { return fs.readlinkSync('/proc/self/fd/' + fd).endsWith('/held'); } catch { return false; } }).length
       : 0;
     fs.writeFileSync('left-behind', '');
     console.log(JSON.stringify({ metrics: [{ measurement: 'own', tags, fields: { held } }] }));`,
  );
  const { rows, error } = await poll(plugin({ executable: 'looks' }));
  fs.closeSync(held);
  delete process.env.TELLTALE_TEST_SECRET;
  assert.equal(error, undefined);
  const { names, cwd, files } = rows[0]?.tags ?? {};
  assert.deepEqual([names, files, rows[0]?.fields.held], ['HOME LANG PATH TMPDIR', 'none', 0]);
  assert.equal(fs.existsSync(cwd ?? ''), false, 'the folder is removed with what was left in it');
});

test('a program that hangs is killed with all its children at the time limit', { skip }, async () => {
  sh('hangs', `sleep 1000 &\necho $! > "${root}/child"\necho waiting for the device >&2\nsleep 1000`);
  const { error } = await poll(plugin({ executable: 'hangs', timeout_s: 1 }));
  assert.deepEqual(error, {
    code: 'plugin_timeout',
    message: 'Plugin own did not end within 1 s and was killed: waiting for the device',
  });
  await gone(Number(fs.readFileSync(path.join(root, 'child'), 'utf8')));
});

test('children that a program leaves behind are ended, its answer counts', { skip }, async () => {
  sh('forks', `sleep 1000 &\necho $! > "${root}/child"\necho '{"metrics":[{"measurement":"own","fields":{"up":1}}]}'`);
  const { rows, error } = await poll(plugin({ executable: 'forks' }));
  assert.equal(error, undefined);
  assert.equal(rows.length, 1);
  await gone(Number(fs.readFileSync(path.join(root, 'child'), 'utf8')));
});

test('a child that leaves the group and keeps the pipes open delays no answer', { skip }, async () => {
  node(
    'escapes',
    `const child = require('node:child_process').spawn('sleep', ['1000'], { detached: true, stdio: 'inherit' });
     require('node:fs').writeFileSync(${JSON.stringify(path.join(root, 'child'))}, String(child.pid));
     process.stdout.write('{"metrics":[{"measurement":"own","fields":{"up":1}}]}', () => process.exit());`,
  );
  const { rows, error } = await poll(plugin({ executable: 'escapes' }));
  const child = Number(fs.readFileSync(path.join(root, 'child'), 'utf8'));
  process.kill(child, 'SIGKILL');
  assert.equal(error, undefined);
  assert.equal(rows.length, 1);
});

/** Waits until a process that was killed is gone or nobody but its reaper knows it. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
      if (fs.readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) return;
    } catch {
      return;
    }
    await systemClock.sleep(5);
  }
}

test('a poll that is cancelled ends its program at once', { skip }, async () => {
  sh('sleeps', `pwd > "${root}/where"\ntouch "${root}/running"\nsleep 1000`);
  const stop = new Cancellation();
  const polled = poll(plugin({ executable: 'sleeps' }), { stop });
  while (!fs.existsSync(path.join(root, 'running'))) await systemClock.sleep(5);
  stop.abort(new Error('a test cancels'));
  const where = fs.readFileSync(path.join(root, 'where'), 'utf8').trim();
  assert.equal(fs.existsSync(where), false, 'whoever cancels may end this process next');
  assert.equal((await polled).error?.code, 'cancelled');
});

test('a flood is stopped, on either stream', { skip }, async () => {
  sh('floods', 'while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done');
  sh('scolds', 'exec >&2\nwhile :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done');
  const floods = await poll(plugin({ executable: 'floods' }));
  assert.equal(floods.error?.message, 'Plugin own wrote more than 1 MiB to its stdout and was killed');
  const scolds = await poll(plugin({ executable: 'scolds' }));
  assert.deepEqual(scolds.error, {
    code: 'plugin_output',
    message: 'Plugin own wrote more than 1 MiB to its stderr and was killed',
  });
});

test('an exit code tells of failure, with the end of what was said', { skip }, async () => {
  sh(
    'fails',
    `echo '{"metrics":[{"measurement":"own","fields":{"up":1}}]}'\nprintf 'line 1\\nno\\tsuch host\\033[0m' >&2\nexit 3`,
  );
  assert.deepEqual(await poll(plugin({ executable: 'fails' })), {
    rows: [],
    error: { code: 'plugin_failed', message: 'Plugin own exited 3: line 1 no such host [0m' },
  });
  sh('dies', 'kill -SEGV $$');
  assert.match((await poll(plugin({ executable: 'dies' }))).error?.message ?? '', /^Plugin own was killed by SIGSEGV/);
  sh('talks', 'i=0; while [ $i -lt 3000 ]; do echo "word $i"; i=$((i+1)); done >&2; exit 1');
  const { message = '' } = (await poll(plugin({ executable: 'talks' }))).error ?? {};
  assert.ok(message.length < 600 && message.endsWith('word 2999'), message);
});

test('a program that never reads its input may answer all the same', { skip }, async () => {
  sh('deaf', `exec <&-\necho '{"metrics":[{"measurement":"own","fields":{"up":1}}]}'`);
  const long = { type: 'http_basic', values: { password: 'x'.repeat(1_000_000) } } as const;
  const { rows, error } = await poll(plugin({ executable: 'deaf' }), { target: { credential: long } });
  assert.equal(error, undefined);
  assert.equal(rows.length, 1);
});

test('secrets are hidden in whatever it says', { skip }, async () => {
  sh('tells', 'cat >&2\nexit 1');
  const secret = { type: 'snmp_v2c', values: { community: 'very-secret' } } as const;
  const told = (await poll(plugin({ executable: 'tells' }), { target: { credential: secret } })).error?.message;
  assert.match(told ?? '', /"community":"\*\*\*"/);
  sh('echoes', `echo '{"metrics":[{"measurement":"very-secret","fields":{"up":1}}]}'`);
  const echoed = (await poll(plugin({ executable: 'echoes' }), { target: { credential: secret } })).error?.message;
  assert.match(echoed ?? '', /measurement "\*\*\*" cannot be a name/);
});

for (const [stdout, said] of [
  ['', /wrote nothing to its standard output/],
  ['garbage', /not JSON at offset 0: unexpected "g"/],
  ['{"metrics": [}', /not JSON at offset 13: unexpected "}"/],
  ['{"metrics": [', /not JSON at offset 14: unexpected the end/],
  ['{"metrics": [], }', /not JSON at offset 16: unexpected "}"/],
  ['{"metrics": []} and more', /not JSON at offset 16: unexpected "a"/],
  ['{"metrics": [truth]}', /not JSON at offset 16: unexpected "t"/],
  ['[]', /the answer is not an object, it is \[\]/],
  ['{}', /neither metrics nor error/],
  ['{"metric": []}', /unknown key "metric": known are metrics, facts, error/],
  ['{"metrics": {}}', /metrics is not a list/],
  ['{"metrics": [1]}', /metrics\[0\] is not an object, it is 1/],
  ['{"metrics": [{"fields": {"a": 1}}]}', /metrics\[0\]: measurement missing cannot be a name/],
  ['{"metrics": [{"measurement": "a b", "fields": {"a": 1}}]}', /measurement "a b" cannot be a name/],
  ['{"metrics": [{"measurement": "a"}]}', /metrics\[0\]: fields is not an object, it is missing/],
  ['{"metrics": [{"measurement": "a", "fields": {}}]}', /has no fields/],
  ['{"metrics": [{"measurement": "a", "fields": {"cpu": "12"}}]}', /field cpu is not a number, it is "12"/],
  ['{"metrics": [{"measurement": "a", "fields": {"cpu": null}}]}', /field cpu is not a number, it is null/],
  ['{"metrics": [{"measurement": "a", "fields": {"cpu": 1e999}}]}', /field cpu is too large/],
  ['{"metrics": [{"measurement": "a", "fields": {"a=1,b": 1}}]}', /field "a=1,b" cannot be a name/],
  ['{"metrics": [{"measurement": "a", "tags": {"device_id": "7"}, "fields": {"a": 1}}]}', /tag device_id is reserved/],
  [
    '{"metrics": [{"measurement": "a", "tags": {"monitor_id": "7"}, "fields": {"a": 1}}]}',
    /tag monitor_id is reserved/,
  ],
  ['{"metrics": [{"measurement": "a", "tags": {"__name__": "x"}, "fields": {"a": 1}}]}', /"__name__" cannot be a name/],
  ['{"metrics": [{"measurement": "a", "tags": {"t": 7}, "fields": {"a": 1}}]}', /tag t is not text, it is 7/],
  ['{"metrics": [{"measurement": "a", "tags": {"t": "x\\ny"}, "fields": {"a": 1}}]}', /tag t holds a line break/],
  ['{"metrics": [], "facts": {"colour": "red"}}', /facts has the unknown key "colour"/],
  ['{"metrics": [], "facts": {"model": 7}}', /facts: model is not text, it is 7/],
  ['{"error": {"code": "No Route", "message": "x"}}', /error: code "No Route" is not a word/],
  ['{"error": {"code": "no_route"}}', /error: has no message/],
] as const) {
  test(`an answer that is wrong is explained: ${stdout || 'nothing'}`, { skip }, async () => {
    assert.match(await errorOf(stdout), said);
  });
}

test('an answer that is not UTF-8 is refused', { skip }, async () => {
  sh('latin', `printf '{"metrics":[{"measurement":"a","tags":{"t":"\\344"},"fields":{"a":1}}]}'`);
  assert.match((await poll(plugin({ executable: 'latin' }))).error?.message ?? '', /not UTF-8/);
});

test('a tenant runs what lies in its own folder, and nothing of another', { skip }, async () => {
  const answer = `echo '{"metrics":[{"measurement":"own","fields":{"up":1}}]}'`;
  const code = async (tenant_id: number, executable: string) => {
    const { error, rows } = await poll(plugin({ executable, tenant_id }));
    return error ? `${error.code}: ${error.message}` : rows.length;
  };
  sh('first-only', answer);
  assert.equal(await code(1, 'first-only'), 1);
  assert.match(String(await code(2, 'first-only')), /no file first-only in the plugins folder plugins\/tenants\/2\./);
  sh('tenants/2/second-only', answer);
  assert.equal(await code(2, 'second-only'), 1);
  assert.match(String(await code(1, 'second-only')), /^plugin_missing: /);
  assert.match(String(await code(3, 'second-only')), /^plugin_missing: /);
  assert.match(String(await code(1, 'tenants')), /tenants is not a file/);
  fs.symlinkSync(path.join(folder, 'first-only'), path.join(folder, 'tenants', '2', 'linked'));
  assert.match(String(await code(2, 'linked')), /leads out of the plugins folder plugins\/tenants\/2/);
  const listed = await host.folders.of(2).list();
  assert.deepEqual(
    listed.map(({ file, problem }) => [file, problem === undefined]),
    [
      ['linked', false],
      ['second-only', true],
    ],
  );
  fs.chmodSync(path.join(folder, 'tenants'), 0o777);
  assert.match(String(await code(2, 'second-only')), /The folder above can be written by everybody/);
});

test('only programs inside the folder are run, and none that everybody may write', { skip }, async () => {
  const refusal = async (executable: string) => {
    const { error } = await poll(plugin({ executable }));
    assert.equal(error?.code, 'plugin_missing', executable);
    return error.message;
  };
  assert.match(await refusal('nowhere'), /There is no file nowhere in the plugins folder/);
  fs.symlinkSync('/bin/sh', path.join(folder, 'shell'));
  assert.match(await refusal('shell'), /leads out of the plugins folder/);
  for (const name of ['..', '.', '', '../plugins/good', '/bin/sh', 'a\0b']) {
    assert.match(await refusal(name), /is not a plain file name/);
  }
  fs.mkdirSync(path.join(folder, 'folder'));
  assert.match(await refusal('folder'), /is not a file/);
  write('open', '#!/bin/sh\n', 0o777);
  assert.match(await refusal('open'), /open can be written by everybody/);
  write('plain', '#!/bin/sh\n', 0o644);
  assert.match(await refusal('plain'), /may not be executed/);
  write('broken', '#!/nowhere/interpreter\n');
  assert.match(await refusal('broken'), /could not be started/);
  sh('inner', `echo '{"metrics":[]}'`);
  fs.symlinkSync('inner', path.join(folder, 'alias'));
  assert.deepEqual(await poll(plugin({ executable: 'alias' })), { rows: [] });
  fs.chmodSync(folder, 0o777);
  const open = await refusal('inner');
  fs.chmodSync(folder, 0o700);
  assert.match(open, /plugins can be written by everybody/);
});

test('no more programs run at once than there are slots, the others wait or leave', { skip }, async () => {
  // Each makes a folder that must not be there yet: two at once would fail.
  sh('alone', `mkdir "${root}/busy" || exit 9\nsleep 0.05\nrmdir "${root}/busy"\necho '{"metrics":[]}'`);
  const on = { folders: host.folders, slots: new Slots(1) };
  const stop = new Cancellation();
  const polls = Array.from({ length: 4 }, () => poll(plugin({ executable: 'alone' }), { on }));
  const leaving = poll(plugin({ executable: 'alone' }), { on, stop });
  stop.abort(new Error('a test cancels'));
  assert.equal((await leaving).error?.message, 'Plugin own was cancelled before it began');
  for (const { error } of await Promise.all(polls)) assert.equal(error, undefined);
});
