/** Where ICMP is not allowed: a TCP connection attempt. Any answer, refusal included, shows that the host is there. */
import net from 'node:net';
import type { Clock } from '../lib/clock.ts';
import type { EchoResult, Pinger } from './echo.ts';

const PORT = 443;

export class TcpPinger implements Pinger {
  readonly way = 'tcp';
  readonly sentence: string;
  readonly #clock: Clock;
  readonly #open = new Set<net.Socket>();

  constructor(clock: Clock, why: string) {
    this.#clock = clock;
    this.sentence = `Hosts are probed on TCP port ${PORT} instead of by ping: ${why}`;
  }

  ping(address: string, timeoutMs: number): Promise<EchoResult> {
    return new Promise((resolve) => {
      const startMs = this.#clock.monotonicMs();
      const socket = net.connect({ host: address, port: PORT });
      this.#open.add(socket);
      const finish = (result: EchoResult) => {
        cancel();
        this.#open.delete(socket);
        socket.removeAllListeners();
        // What happens to a connection that nobody uses any more is of no interest.
        socket.on('error', () => {});
        socket.destroy();
        resolve(result);
      };
      const reply = () => finish({ kind: 'reply', rttMs: this.#clock.monotonicMs() - startMs });
      const cancel = this.#clock.after(timeoutMs, () => finish({ kind: 'timeout' }));
      socket.on('connect', reply);
      socket.on('close', () => finish({ kind: 'timeout' }));
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET') reply();
        else if (error.code === 'ETIMEDOUT') finish({ kind: 'timeout' });
        else finish({ kind: 'unreachable', reason: `the system says: ${error.code ?? error.message}` });
      });
    });
  }

  close(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
