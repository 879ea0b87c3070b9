/**
 * After silence: is anything listening? Only a connected socket is told of the ICMP message "port unreachable", so the
 * question is asked once more from one of its own.
 */
import dgram from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Clock } from '../lib/clock.ts';

const WAIT_MS = 500;

/** True when the device says that nobody listens on this UDP port; false when nothing was heard. */
export function isPortUnreachable(clock: Clock, address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dgram.createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const finish = (isUnreachable: boolean) => {
      cancel();
      socket.removeAllListeners();
      // Errors that arrive while closing have nothing to tell any more.
      socket.on('error', () => {});
      socket.close();
      resolve(isUnreachable);
    };
    const cancel = clock.after(WAIT_MS, () => finish(false));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      finish(error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET'),
    );
    socket.on('connect', () => {
      // An empty datagram means nothing to an agent, and is enough to be refused.
      socket.send(new Uint8Array(0));
    });
    // Without a callback, which would be called for a failure too (an address of a network that is not here).
    socket.connect(port, address);
  });
}
