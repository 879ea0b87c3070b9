/** A device on the command line: `ADDRESS[:PORT]` and its credentials, and a session with it. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { TcpPinger } from '../icmp/tcp-pinger.ts';
import { parseAddress as parseDeviceAddress } from '../lib/address.ts';
import { systemClock } from '../lib/clock.ts';
import { silentLogger } from '../lib/logger.ts';
import { diagnoseSilence } from '../probes/snmp-diagnosis.ts';
import { SnmpFetchError, SnmpFetcher } from '../probes/snmp-fetcher.ts';
import {
  AUTH_PROTOCOLS,
  type AuthProtocol,
  PRIV_PROTOCOLS,
  type PrivProtocol,
  SNMP_PORT,
  type SnmpCredential,
} from '../snmp/credential.ts';
import { EngineRegistry } from '../snmp/engine-registry.ts';
import { PacketBudget } from '../snmp/packet-budget.ts';
import { SnmpSession } from '../snmp/session.ts';
import { UdpPort } from '../snmp/udp.ts';
import { type Arguments, UsageError } from './arguments.ts';

/** Request packets a second: what a device is asked in normal polling. */
const PACKETS_PER_SECOND = 50;

export const CREDENTIAL_FLAGS = {
  community: { kind: 'value' },
  user: { kind: 'value' },
  auth: { kind: 'value' },
  priv: { kind: 'value' },
} as const;

export interface SnmpTarget extends Disposable {
  /** The failure of a request, with what can be found out about it. */
  explain(error: unknown): Promise<unknown>;
  readonly fetcher: SnmpFetcher;
  readonly session: SnmpSession;
}

/** `10.0.0.1`, `10.0.0.1:1161`, `[fe80::1]:1161`, `switch.example:1161`. @throws UsageError */
export function parseAddress(text: string): { host: string; port: number } {
  if (isIP(text) === 6) return { host: text, port: SNMP_PORT };
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? SNMP_PORT : Number(match[3]);
  const isAddress = host !== undefined && typeof parseDeviceAddress(host) !== 'string';
  if (!isAddress || port < 1 || port > 65_535) {
    throw new UsageError(
      `"${text}" is neither a file nor an address: write one as 192.0.2.1, 192.0.2.1:161, [2001:db8::1]:161 or switch.example`,
    );
  }
  return { host, port };
}

/** The credential that the flags describe; v2c with `public` when there are none. @throws UsageError */
export function parseCredential(flags: Arguments['flags'], port: number): SnmpCredential {
  for (const name of Object.keys(CREDENTIAL_FLAGS)) {
    if (flags[name]?.includes('')) throw new UsageError(`--${name}: must not be empty`);
  }
  const last = (name: string): string | undefined => flags[name]?.at(-1);
  const username = last('user');
  if (username === undefined) {
    if (last('auth') ?? last('priv')) throw new UsageError('--auth and --priv need --user');
    return { version: 'v2c', community: last('community') ?? 'public', port };
  }
  if (last('community') !== undefined) throw new UsageError('give either --community or --user, not both');
  const auth = parseSecret('--auth', last('auth'), AUTH_PROTOCOLS);
  const priv = parseSecret('--priv', last('priv'), PRIV_PROTOCOLS);
  if (priv && !auth) throw new UsageError('--priv needs --auth: SNMPv3 does not encrypt without authentication');
  return {
    version: 'v3',
    username,
    level: priv ? 'authPriv' : auth ? 'authNoPriv' : 'noAuthNoPriv',
    authProtocol: (auth?.protocol ?? 'SHA') as AuthProtocol,
    authPassword: auth?.password ?? '',
    privProtocol: (priv?.protocol ?? 'AES') as PrivProtocol,
    privPassword: priv?.password ?? '',
    context: '',
    port,
  };
}

function parseSecret<T extends string>(
  flag: string,
  text: string | undefined,
  protocols: readonly T[],
): { protocol: T; password: string } | undefined {
  if (text === undefined) return undefined;
  const colon = text.indexOf(':');
  const name = text.slice(0, Math.max(0, colon)).toUpperCase();
  const protocol = protocols.find((one) => one === name || one.replace('-', '') === name);
  if (protocol === undefined)
    throw new UsageError(`${flag} is written PROTOCOL:PASSWORD, with ${protocols.join(', ')}`);
  const password = text.slice(colon + 1);
  if (password.length < 8) throw new UsageError(`${flag}: SNMPv3 passwords have at least 8 characters`);
  return { protocol, password };
}

/** @throws Error when the name leads nowhere */
export async function openTarget(host: string, credential: SnmpCredential): Promise<SnmpTarget> {
  const address = await resolveHost(host);
  const udp = new UdpPort(silentLogger);
  // A real ping would unpack an add-on somewhere; this verb leaves nothing behind.
  const pinger = new TcpPinger(systemClock, 'nothing is installed for it.');
  const session = new SnmpSession({
    udp,
    clock: systemClock,
    engines: new EngineRegistry(),
    address,
    credential,
    budget: new PacketBudget(PACKETS_PER_SECOND, () => systemClock.monotonicMs()),
  });
  return {
    session,
    fetcher: new SnmpFetcher(session),
    async explain(error) {
      if (!(error instanceof SnmpFetchError) || error.failure.code !== 'timeout') return error;
      const knowsEngine = session.engineId !== undefined;
      const { message } = await diagnoseSilence({ clock: systemClock, pinger }, address, credential, knowsEngine);
      return new Error(message, { cause: error });
    },
    [Symbol.dispose]() {
      session.close();
      udp.close();
      pinger.close();
    },
  };
}

async function resolveHost(host: string): Promise<string> {
  if (isIP(host) !== 0) return host;
  try {
    return (await lookup(host)).address;
  } catch (cause) {
    const why =
      (cause as NodeJS.ErrnoException).code === 'ENOTFOUND' ? 'no name server knows it' : 'no name server answers';
    throw new Error(`The name ${host} has no address: ${why}. Check the name, or use an address.`, { cause });
  }
}
