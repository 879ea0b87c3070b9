/** Sessions for tests: one set of sockets a test file, closed by the test. */
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import type { SnmpCredential, UserCredential } from '../../src/snmp/credential.ts';
import { EngineRegistry } from '../../src/snmp/engine-registry.ts';
import { encodeOid } from '../../src/snmp/oid.ts';
import { PacketBudget } from '../../src/snmp/packet-budget.ts';
import { SnmpSession } from '../../src/snmp/session.ts';
import { UdpPort } from '../../src/snmp/udp.ts';

/** Waits a tenth of what it is told, so that time-outs do not make tests slow. */
export const hurriedClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms / 10, signal),
  after: (ms, callback) => systemClock.after(ms / 10, callback),
};

export class SessionBench {
  readonly udp = new UdpPort(silentLogger);
  readonly engines = new EngineRegistry();
  readonly #clock: Clock;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  session(credential: SnmpCredential, address = '127.0.0.1', retries = 2): SnmpSession {
    const { udp, engines } = this;
    const budget = new PacketBudget(1000, () => systemClock.monotonicMs());
    return new SnmpSession({ udp, clock: this.#clock, engines, address, credential, budget, retries });
  }

  close(): void {
    this.udp.close();
  }
}

export function v2c(port: number, community = 'public'): SnmpCredential {
  return { version: 'v2c', community, port };
}

export function v3(port: number, changes: Partial<UserCredential> = {}): UserCredential {
  return {
    version: 'v3',
    username: 'shaaes',
    level: 'authPriv',
    authProtocol: 'SHA',
    authPassword: 'authpass1234',
    privProtocol: 'AES',
    privPassword: 'privpass1234',
    context: '',
    port,
    ...changes,
  };
}

export const SYS_DESCR = encodeOid('1.3.6.1.2.1.1.1.0');
export const SYS_UPTIME = encodeOid('1.3.6.1.2.1.1.3.0');
export const IF_COLUMNS = ['1', '2', '10'].map((column) => encodeOid(`1.3.6.1.2.1.2.2.1.${column}`));

export function text(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : String(value);
}
