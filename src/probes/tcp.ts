/** Probe `tcp`: can a connection be made, and does the service say what it should? */
import net from 'node:net';
import { z } from 'zod';
import { type Attempt, connectionError, hostPort, roundMs, withRetries } from './attempts.ts';
import { declare } from './fields.ts';
import { defineProbe, type ProbeTools } from './probe.ts';

/** More of a greeting is not looked through. */
const MAX_GREETING_BYTES = 64 << 10;

const settings = z.strictObject({
  port: z.int().min(1).max(65535).describe('TCP port'),
  timeout_ms: z.int().min(100).max(60_000).default(5000).describe('Milliseconds for connection and answer'),
  send: z.string().max(4096).optional().describe('Text to send once connected'),
  expect: z.string().min(1).max(1024).optional().describe('Text that the service must answer'),
});
type Settings = z.output<typeof settings>;

export const tcpProbe = defineProbe({
  id: 'tcp',
  name: 'TCP port',
  description: 'Whether a TCP port accepts connections, and optionally answers with an expected text.',
  settings,
  defaultIntervalS: 10,
  credentials: [],
  fields: declare('tcp', {
    up: ['state', '', 'The port accepts connections and answers as expected'],
    duration_ms: ['gauge', 'milliseconds', 'Time of the whole check'],
    connect_ms: ['gauge', 'milliseconds', 'Time until the connection was made'],
  }),
  start: (target, chosen, tools) => ({
    async poll(stop) {
      const resolved = await tools.resolve(target.address);
      const label = hostPort(target.address, chosen.port);
      return withRetries('tcp', label, target, tools, stop, async () =>
        resolved.kind === 'failure'
          ? { fields: {}, error: resolved, isFinal: true }
          : connect(resolved.address, label, chosen, tools),
      );
    },
    close() {},
  }),
});

function connect(host: string, label: string, chosen: Settings, { clock }: ProbeTools): Promise<Attempt> {
  return new Promise((resolve) => {
    const startMs = clock.monotonicMs();
    const fields: Record<string, number> = {};
    let heard = '';
    const socket = net.connect({ host, port: chosen.port });
    const finish = (error?: Attempt['error']) => {
      cancel();
      socket.removeAllListeners();
      // What happens to a connection that nobody uses any more is of no interest.
      socket.on('error', () => {});
      socket.destroy();
      resolve(error ? { fields, error } : { fields });
    };
    const cancel = clock.after(chosen.timeout_ms, () => {
      if (fields.connect_ms === undefined)
        finish(connectionError(Object.assign(new Error(), { code: 'ETIMEDOUT' }), label));
      else
        finish({
          code: 'unexpected_answer',
          message: `${label} accepts connections but does not answer "${chosen.expect}".`,
        });
    });
    socket.on('connect', () => {
      fields.connect_ms = roundMs(clock.monotonicMs() - startMs);
      if (chosen.send !== undefined) socket.write(chosen.send);
      if (chosen.expect === undefined) finish();
    });
    socket.on('data', (data) => {
      heard = (heard + data.toString('latin1')).slice(0, MAX_GREETING_BYTES);
      if (chosen.expect !== undefined && heard.includes(chosen.expect)) finish();
    });
    socket.on('end', () => {
      finish({
        code: 'unexpected_answer',
        message: `${label} ended the connection without answering "${chosen.expect}".`,
      });
    });
    socket.on('error', (error) => finish(connectionError(error, label)));
  });
}
