/**
 * The way from another thread (collect) straight into the store thread. Main hands out a broker port with
 * `Store.appendPort()`; through it comes a direct port at once, and a new one whenever the store thread was started again.
 * Buffers are copied and kept until they are acknowledged, so that nothing is lost with a store thread: what was not
 * acknowledged is sent again (the same rows again change nothing). Credits bound what is in flight.
 */
import type { MessagePort } from 'node:worker_threads';
import { ByteBudget } from '../lib/byte-budget.ts';
import type { TenantId } from '../model/tenant.ts';
import type { AppendMessage, StoreAnswer } from './messages.ts';
import type { AppendAnswer, TimePrecision } from './store.ts';

const IN_FLIGHT_BYTES = 16 << 20;

/** What main sends on the broker port. */
export interface DirectPortMessage {
  readonly kind: 'port';
  readonly port: MessagePort;
}

export interface LineBody {
  readonly tenant: TenantId;
  /** Line protocol. Copied before this call returns to its caller. */
  readonly lines: Uint8Array;
  readonly precision: TimePrecision;
  /** Answer only after the group fsync. */
  readonly durable: boolean;
}

interface Sent {
  readonly message: Omit<AppendMessage, 'body'>;
  readonly lines: Uint8Array;
  readonly resolve: (answer: AppendAnswer) => void;
}

export class AppendPort {
  readonly #broker: MessagePort;
  readonly #credits: ByteBudget;
  readonly #sent = new Map<number, Sent>();
  #direct: MessagePort | undefined;
  #nextId = 1;

  constructor(broker: MessagePort, inFlightBytes = IN_FLIGHT_BYTES) {
    this.#broker = broker;
    this.#credits = new ByteBudget(inFlightBytes);
    broker.on('message', (message: DirectPortMessage) => this.#connect(message.port));
    broker.on('close', () => this.#abandon());
  }

  /** Resolves once the rows are stored, however often the store thread starts again; `unavailable` when the store closed. */
  async append(body: LineBody): Promise<AppendAnswer> {
    // Not `slice`, which for a Buffer is a view.
    const lines = new Uint8Array(body.lines);
    const release = this.#credits.tryTake(lines.length) ?? (await this.#credits.take(lines.length));
    try {
      return await new Promise<AppendAnswer>((resolve) => {
        const id = this.#nextId++;
        const { tenant, precision, durable } = body;
        const message = {
          kind: 'append',
          id,
          tenant,
          format: 'influx',
          encoding: 'identity',
          precision,
          durable,
        } as const;
        const sent = { message, lines, resolve };
        this.#sent.set(id, sent);
        this.#post(sent);
      });
    } finally {
      release();
    }
  }

  close(): void {
    this.#abandon();
    this.#direct?.close();
    this.#broker.close();
  }

  #connect(port: MessagePort): void {
    this.#direct?.close();
    this.#direct = port;
    port.on('message', (answer: StoreAnswer) => {
      if (answer.kind !== 'appended') return;
      const sent = this.#sent.get(answer.id);
      this.#sent.delete(answer.id);
      sent?.resolve(answer.answer);
    });
    for (const sent of this.#sent.values()) this.#post(sent);
  }

  #post(sent: Sent): void {
    const body = new Uint8Array(sent.lines);
    this.#direct?.postMessage({ ...sent.message, body } satisfies AppendMessage, [body.buffer]);
  }

  #abandon(): void {
    for (const { resolve } of this.#sent.values()) {
      resolve({ kind: 'unavailable', reason: 'the store is closed', retryAfterS: 10 });
    }
    this.#sent.clear();
  }
}
