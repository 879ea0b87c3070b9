/** Real senders and readers, where they are installed: vmagent, prometheus, the influx 1.x shell, promtool. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { type MetricServer, startMetricServer } from '../support/metric-server.ts';
import { findProgram, freePort, Peer } from '../support/peers.ts';

function program(context: TestContext, name: string): string | undefined {
  const found = findProgram(name);
  if (!found) context.skip(`${name} is not installed`);
  return found;
}

function scratch(context: TestContext): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'telltale-sender-'));
  context.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function query(
  server: MetricServer,
  expression: string,
): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
  const response = await server.fetch(`/api/v1/query?query=${encodeURIComponent(expression)}`);
  return (
    (await response.json()) as { data: { result: { metric: Record<string, string>; value: [number, string] }[] } }
  ).data.result;
}

/** Asks until the query has an answer. */
async function eventually(server: MetricServer, expression: string, peer: Peer): Promise<Record<string, string>> {
  for (let n = 0; n < 200; n++) {
    const [first] = await query(server, expression);
    if (first) return first.metric;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`nothing came of ${expression}:\n${peer.output}`);
}

test('vmagent', async (context) => {
  const command = program(context, 'vmagent');
  if (!command) return;
  await using server = await startMetricServer({ anonymous: 'one' });
  const folder = scratch(context);
  const port = await freePort();
  fs.writeFileSync(
    `${folder}/scrape.yml`,
    `global: {scrape_interval: 1s}\nscrape_configs: [{job_name: self, static_configs: [{targets: ['127.0.0.1:${port}']}]}]\n`,
  );
  const peer = new Peer(command, [
    `-promscrape.config=${folder}/scrape.yml`,
    `-remoteWrite.url=${server.url}/api/v1/write`,
    `-remoteWrite.tmpDataPath=${folder}/buffer`,
    '-remoteWrite.flushInterval=200ms',
    `-httpListenAddr=127.0.0.1:${port}`,
  ]);
  context.after(() => peer.stop('SIGKILL'));
  const metric = await eventually(server, 'vm_app_version{job="self"}', peer);
  assert.equal(metric.instance, `127.0.0.1:${port}`);
  assert.doesNotMatch(peer.output, /unexpected status code/);
});

test('prometheus', async (context) => {
  const command = program(context, 'prometheus');
  if (!command) return;
  await using server = await startMetricServer();
  const folder = scratch(context);
  const port = await freePort();
  fs.writeFileSync(
    `${folder}/prometheus.yml`,
    `global: {scrape_interval: 1s}
scrape_configs: [{job_name: self, static_configs: [{targets: ['127.0.0.1:${port}']}]}]
remote_write:
  - url: ${server.url}/api/v1/write
    authorization: {credentials: one}
    queue_config: {batch_send_deadline: 200ms}
    metadata_config: {send_interval: 1s}
`,
  );
  const peer = new Peer(command, [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  context.after(() => peer.stop('SIGKILL'));
  const metric = await eventually(server, 'prometheus_build_info{job="self"}', peer);
  assert.match(metric.version ?? '', /^\d/);
  assert.doesNotMatch(peer.output, /non-recoverable error|server returned HTTP status/);
});

test('the influx 1.x shell connects and inserts', async (context) => {
  const command = program(context, 'influx');
  if (!command) return;
  await using server = await startMetricServer({ anonymous: 'one' });
  const shell = async (execute: string) => {
    const peer = new Peer(command, [
      '-host',
      '127.0.0.1',
      '-port',
      String(server.port),
      '-database',
      'telltale',
      '-execute',
      execute,
    ]);
    await new Promise((resolve) => peer.process.once('close', resolve));
    return peer.output;
  };
  assert.match(await shell('SHOW DATABASES'), /telltale/);
  assert.equal(await shell('INSERT room,name=hall temperature=21.5'), '');
  assert.match(await shell('INSERT room,name= temperature=21.5'), /partial write|invalid|missing/);
  assert.equal((await query(server, 'room_temperature{name="hall"}'))[0]?.value[1], '21.5');
  assert.match(await shell('SELECT * FROM room'), /does not run InfluxQL/);
});

test('promtool reads from us as from Prometheus', async (context) => {
  const command = program(context, 'promtool');
  if (!command) return;
  await using server = await startMetricServer({ anonymous: 'one' });
  await server.fetch('/write', { method: 'POST', body: 'room,name=hall temperature=21.5\n' });
  const run = async (...args: string[]) => {
    const peer = new Peer(command, ['query', ...args]);
    await new Promise((resolve) => peer.process.once('close', resolve));
    return peer.output;
  };
  assert.match(await run('instant', server.url, 'room_temperature'), /room_temperature\{name="hall"\} => 21\.5 @/);
  assert.match(await run('series', '--match=room_temperature', server.url), /name="hall"/);
  assert.match(await run('labels', server.url, 'name'), /^hall$/m);
  assert.match(await run('range', server.url, 'sum(room_temperature)', '--step=1s'), /21\.5 @/);
});

test('vmalert evaluates its rules over us and writes their results back', async (context) => {
  const command = program(context, 'vmalert');
  if (!command) return;
  await using server = await startMetricServer({ anonymous: 'one' });
  const folder = scratch(context);
  fs.writeFileSync(
    `${folder}/rules.yml`,
    'groups: [{name: g, interval: 1s, rules: [{record: "room:temperature:max", expr: "max(room_temperature)"}]}]\n',
  );
  await server.fetch('/write', { method: 'POST', body: 'room,name=hall temperature=21.5\n' });
  const peer = new Peer(command, [
    `-rule=${folder}/rules.yml`,
    `-datasource.url=${server.url}`,
    `-remoteWrite.url=${server.url}`,
    '-remoteWrite.flushInterval=200ms',
    `-httpListenAddr=127.0.0.1:${await freePort()}`,
  ]);
  context.after(() => peer.stop('SIGKILL'));
  await eventually(server, '{__name__="room:temperature:max"} == 21.5', peer);
});
