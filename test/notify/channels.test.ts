import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { email } from '../../src/notify/channels/email.ts';
import { webhook } from '../../src/notify/channels/webhook.ts';
import { testMessage } from '../../src/notify/message.ts';

const never = new AbortController().signal;
const message = {
  ...testMessage(0),
  kind: 'firing' as const,
  alert_id: 5,
  rule: 'Fan failed',
  severity: 'critical' as const,
  labels: { device: 'core-sw-1' },
};

test('a mail arrives at a real SMTP server with subject, recipients and a thread for the resolved one', async () => {
  const mails: { text: string; to: string[] }[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      let text = '';
      stream.on('data', (chunk) => (text += chunk));
      stream.on('end', () => {
        mails.push({ text, to: session.envelope.rcptTo.map(({ address }) => address) });
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const target = {
    config: {
      host: '127.0.0.1',
      port,
      security: 'none',
      from: 'telltale@plant.example',
      to: ['a@plant.example', 'b@plant.example'],
    },
    secrets: {},
  };
  assert.deepEqual(await email.send(target, message, never), { kind: 'sent' });
  assert.deepEqual(await email.send(target, { ...message, kind: 'resolved' }, never), { kind: 'sent' });
  await new Promise<void>((resolve) => server.close(() => resolve()));
  assert.deepEqual(mails[0]?.to, ['a@plant.example', 'b@plant.example']);
  assert.match(mails[0]!.text, /^Subject: \[FIRING\] critical: Fan failed on core-sw-1\r$/m);
  assert.match(mails[0]!.text, /^Message-ID: <telltale-alert-5@plant.example>\r$/m);
  assert.match(mails[1]!.text, /^In-Reply-To: <telltale-alert-5@plant.example>\r$/m);
});

test('a wrong mail password says so and waits for somebody to mend it', async () => {
  const server = new SMTPServer({
    authOptional: false,
    onAuth: (_auth, _session, done) => done(new Error('no')),
    allowInsecureAuth: true,
    hideSTARTTLS: true,
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const target = {
    config: { host: '127.0.0.1', port, security: 'none', username: 'u', from: 'a@b.example', to: ['a@b.example'] },
    secrets: { password: 'secret-word' },
  };
  const delivery = await email.send(target, message, never);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  assert.equal(delivery.kind, 'failed');
  assert.ok(delivery.kind === 'failed' && delivery.retry === 'mended');
  assert.match(delivery.kind === 'failed' ? delivery.reason : '', /refused the user name or password/);
  assert.ok(!JSON.stringify(delivery).includes('secret-word'));
});

test('a mail server that is not there is tried again later', async () => {
  const target = {
    config: { host: '127.0.0.1', port: 9, security: 'none', from: 'a@b.example', to: ['a@b.example'] },
    secrets: {},
  };
  const delivery = await email.send(target, message, never);
  assert.ok(delivery.kind === 'failed' && delivery.retry === 'soon');
});

const received: { body: string; signature: string | undefined }[] = [];
let status = 200;
const receiver = http.createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    received.push({ body, signature: request.headers['x-telltale-signature'] as string | undefined });
    response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:9/' } : {}).end();
  });
});
receiver.listen(0, '127.0.0.1');
await once(receiver, 'listening');
const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
after(() => receiver.close());

test('a webhook carries the message as JSON, signed with the secret', async () => {
  assert.deepEqual(await webhook.send({ config: { url }, secrets: { secret: 'k' } }, message, never), { kind: 'sent' });
  const { body, signature } = received.at(-1)!;
  assert.equal(JSON.parse(body).rule, 'Fan failed');
  assert.equal(signature, `sha256=${createHmac('sha256', 'k').update(body).digest('hex')}`);
});

for (const [code, retry] of [
  [404, 'mended'],
  [422, 'never'],
  [429, 'soon'],
  [503, 'soon'],
] as const) {
  test(`a webhook that answers ${code} is tried again: ${retry}`, async () => {
    status = code;
    const delivery = await webhook.send({ config: { url }, secrets: {} }, message, never);
    assert.ok(delivery.kind === 'failed' && delivery.retry === retry);
  });
}

test('what is said of a hook that cannot be reached leaves out its path', async () => {
  const secret = 'http://127.0.0.1:9/services/very-secret';
  const delivery = await webhook.send({ config: { url: secret }, secrets: {} }, message, never);
  assert.ok(
    delivery.kind === 'failed' && !delivery.reason.includes('very-secret') && delivery.reason !== 'fetch failed',
  );
});

test('a webhook does not follow redirects', async () => {
  status = 302;
  const delivery = await webhook.send({ config: { url }, secrets: {} }, message, never);
  assert.equal(delivery.kind, 'failed');
});
