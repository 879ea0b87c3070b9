/** Which TCP ports of an address accept a connection? Nothing is sent. */
import net from 'node:net';
import type { Clock } from '../lib/clock.ts';

const CONNECT_TIMEOUT_MS = 1500;

/** Those of the ports that accept a connection, in their order. Never rejects; none after `signal` aborts. */
export async function openPorts(
  clock: Clock,
  address: string,
  ports: readonly number[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  const open = await Promise.all(ports.map((port) => accepts(clock, address, port, signal)));
  return ports.filter((_, i) => open[i]);
}

function accepts(clock: Clock, host: string, port: number, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = net.connect({ host, port });
  const finish = (isOpen: boolean): void => {
    cancel();
    signal.removeEventListener('abort', onAbort);
    // A late error of a connection that nobody uses is of no interest.
    socket.removeAllListeners().on('error', () => {});
    socket.destroy();
    resolve(isOpen);
  };
  const onAbort = (): void => finish(false);
  const cancel = clock.after(CONNECT_TIMEOUT_MS, onAbort);
  signal.addEventListener('abort', onAbort, { once: true });
  socket.on('connect', () => finish(true));
  socket.on('error', () => finish(false));
  return promise;
}
