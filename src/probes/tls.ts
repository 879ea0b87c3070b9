/** Probe `tls`: how long a certificate is still good, whether its chain leads to a known root, and whether the name fits. */

import { isIP } from 'node:net';
import tls from 'node:tls';
import { z } from 'zod';
import { type Attempt, connectionError, hostPort, withRetries } from './attempts.ts';
import { declare } from './fields.ts';
import { defineProbe, type ProbeTools } from './probe.ts';

const DAY_MS = 86_400_000;

const settings = z.strictObject({
  port: z.int().min(1).max(65535).default(443).describe('TCP port'),
  server_name: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe("Name to ask for and to find in the certificate (default: the device's address)"),
  timeout_ms: z.int().min(100).max(60_000).default(10_000).describe('Milliseconds for connection and handshake'),
});
type Settings = z.output<typeof settings>;

export const tlsProbe = defineProbe({
  id: 'tls',
  name: 'TLS certificate',
  description: 'Expiry, chain and name of the certificate that a TLS service shows.',
  settings,
  defaultIntervalS: 300,
  credentials: [],
  fields: declare('tls', {
    up: ['state', '', 'The handshake succeeded'],
    duration_ms: ['gauge', 'milliseconds', 'Time until the handshake was done'],
    days_to_expiry: ['gauge', 'days', 'Days until the certificate ends; negative once it has'],
    chain_ok: ['state', '', 'The chain is valid and leads to a root that this machine trusts'],
    name_ok: ['state', '', 'The certificate is made out to the name'],
  }),
  start: (target, chosen, tools) => ({
    async poll(stop) {
      const resolved = await tools.resolve(target.address);
      const label = hostPort(target.address, chosen.port);
      const name = chosen.server_name ?? target.address;
      return withRetries('tls', label, target, tools, stop, async () =>
        resolved.kind === 'failure'
          ? { fields: {}, error: resolved, isFinal: true }
          : handshake(resolved.address, name, label, chosen, tools),
      );
    },
    close() {},
  }),
});

function handshake(
  host: string,
  name: string,
  label: string,
  chosen: Settings,
  { clock }: ProbeTools,
): Promise<Attempt> {
  return new Promise((resolve) => {
    const socket = tls.connect({
      host,
      port: chosen.port,
      // The certificate is to be looked at whatever is wrong with it.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ...(isIP(name) ? {} : { servername: name }),
    });
    const finish = (attempt: Attempt) => {
      cancel();
      socket.removeAllListeners();
      // What happens to a connection that nobody uses any more is of no interest.
      socket.on('error', () => {});
      socket.destroy();
      resolve(attempt);
    };
    const cancel = clock.after(chosen.timeout_ms, () => {
      finish({ fields: {}, error: connectionError(Object.assign(new Error(), { code: 'ETIMEDOUT' }), label) });
    });
    socket.on('secureConnect', () => finish(judge(socket, name, label, clock.nowMs())));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const isTls = error.code?.startsWith('ERR_SSL') || error.code === 'EPROTO';
      const message = `${label} does not speak TLS that we understand (${error.code}): check the port.`;
      finish({ fields: {}, error: isTls ? { code: 'no_tls', message } : connectionError(error, label) });
    });
  });
}

function judge(socket: tls.TLSSocket, name: string, label: string, nowMs: number): Attempt {
  const certificate = socket.getPeerCertificate();
  const endMs = Date.parse(certificate.valid_to);
  if (Number.isNaN(endMs)) {
    return { fields: {}, error: { code: 'no_certificate', message: `${label} shows no certificate.` }, isFinal: true };
  }
  return {
    fields: {
      days_to_expiry: Math.round(((endMs - nowMs) / DAY_MS) * 100) / 100,
      chain_ok: socket.authorized ? 1 : 0,
      name_ok: tls.checkServerIdentity(name, certificate) === undefined ? 1 : 0,
    },
  };
}
