/**
 * One scan: which of these addresses answer, and what is there. Knows no network: pinging, asking and looking up names
 * are handed in. Polite: so many addresses a second, so many at once, each credential profile once an address, and no
 * account is tried with a second password where the first one was refused.
 */
import { isIP } from 'node:net';
import type { Clock } from '../lib/clock.ts';
import type { DeviceFacts } from '../model/observation.ts';

/** Windows: RPC, WinRM, WinRM over TLS. */
export const WINDOWS_PORTS = [135, 5985, 5986] as const;

export interface ScanCredential {
  readonly id: number;
  /** User name, where there is one: its password must not be guessed. */
  readonly account?: string;
}

export interface Identification {
  readonly ok: boolean;
  /** Stable word of the failure. */
  readonly code?: string;
  readonly facts?: DeviceFacts;
  readonly template?: string;
  readonly confidence?: number;
  readonly reasons?: readonly string[];
}

export interface Finding {
  readonly address: string;
  /** `icmp`, `snmp`, `tcp/5985`, … */
  readonly answered: readonly string[];
  readonly hostname?: string;
  readonly credentialId?: number;
  readonly template?: string;
  readonly confidence?: number;
  readonly reasons: readonly string[];
  readonly facts: DeviceFacts;
}

export interface ScanProgress {
  readonly scanned: number;
  readonly found: number;
}

export interface Network {
  /** Whether the address answers an echo. */
  ping(address: string, signal: AbortSignal): Promise<boolean>;
  /** Those of the ports that accept a connection. */
  openPorts(address: string, ports: readonly number[], signal: AbortSignal): Promise<readonly number[]>;
  /** Asks with a credential profile. `isQuick`: one try only, the address has not answered anything yet. */
  identify(address: string, credentialId: number, isQuick: boolean, signal: AbortSignal): Promise<Identification>;
  /** Where a name leads; undefined when no name server says. */
  addressOf(name: string): Promise<string | undefined>;
  /** The name that DNS has for the address. */
  reverseName(address: string, signal: AbortSignal): Promise<string | undefined>;
}

export interface ScanOptions {
  readonly addresses: Iterable<string>;
  /** Addresses to which a name must not lead: they were left out. */
  readonly isLeftOut?: (address: string) => boolean;
  /** In the order in which they are tried. */
  readonly credentials: readonly ScanCredential[];
  /** TCP ports that are asked too. */
  readonly ports: readonly number[];
  readonly network: Network;
  readonly clock: Clock;
  readonly onFound: (finding: Finding) => void;
  readonly onProgress: (progress: ScanProgress) => void;
  readonly signal: AbortSignal;
  /** New addresses a second. */
  readonly addressesPerSecond?: number;
  /** Addresses under way at once. */
  readonly concurrency?: number;
}

const ADDRESSES_PER_SECOND = 100;
const CONCURRENCY = 128;
const PROGRESS_INTERVAL_MS = 250;

/** The device knows the account and refuses the secret: another secret for the same account would be guessing. */
const REFUSED: ReadonlySet<string> = new Set(['wrong_digest', 'decryption_error', 'unauthorized']);

/** Scans all addresses; resolves to the last progress. Ends early, without an error, when the signal is aborted. */
export async function scan(options: ScanOptions): Promise<ScanProgress> {
  const { clock, signal } = options;
  const progress = { scanned: 0, found: 0 };
  const gapMs = 1000 / (options.addressesPerSecond ?? ADDRESSES_PER_SECOND);
  const addresses = options.addresses[Symbol.iterator]();
  const startMs = clock.monotonicMs();
  let begun = 0;
  let toldMs = startMs;
  const tell = (): void => {
    const nowMs = clock.monotonicMs();
    if (nowMs - toldMs < PROGRESS_INTERVAL_MS) return;
    toldMs = nowMs;
    options.onProgress({ ...progress });
  };
  const work = async (): Promise<void> => {
    while (!signal.aborted) {
      const next = addresses.next();
      if (next.done) return;
      // Each address has its moment; a burst after a slow stretch is limited by how many run at once.
      const waitMs = startMs + begun++ * gapMs - clock.monotonicMs();
      if (waitMs > 0 && !(await pause(clock, waitMs, signal))) return;
      const finding = await look(next.value, options);
      if (signal.aborted) return;
      progress.scanned++;
      if (finding) {
        progress.found++;
        options.onFound(finding);
      }
      tell();
    }
  };
  await Promise.all(Array.from({ length: options.concurrency ?? CONCURRENCY }, work));
  options.onProgress({ ...progress });
  return progress;
}

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

/** One address or name. Undefined when nothing answers. */
async function look(target: string, options: ScanOptions): Promise<Finding | undefined> {
  const { network, signal, ports, isLeftOut } = options;
  // A name is looked up once: all that follows goes to the address that was held against those left out.
  const isName = isIP(target) === 0;
  const address = isName ? await network.addressOf(target) : target;
  if (address === undefined || signal.aborted || (isName && isLeftOut?.(address))) return undefined;
  const answered: string[] = [];
  if (await network.ping(address, signal)) answered.push('icmp');
  if (ports.length > 0 && !signal.aborted) {
    for (const port of await network.openPorts(address, ports, signal)) answered.push(`tcp/${port}`);
  }
  const identified = await identify(address, answered.length === 0, options);
  if (identified) answered.push('snmp');
  if (answered.length === 0 || signal.aborted) return undefined;
  const hostname = isName ? undefined : await network.reverseName(address, signal);
  return {
    address: target,
    answered,
    reasons: [],
    facts: {},
    ...(hostname === undefined ? {} : { hostname }),
    ...identified,
  };
}

type Identified = Pick<Finding, 'credentialId' | 'template' | 'confidence' | 'reasons' | 'facts'>;

async function identify(address: string, isSilent: boolean, options: ScanOptions): Promise<Identified | undefined> {
  const { network, signal } = options;
  const refused = new Set<string>();
  // Firewalls often drop echoes and let SNMP through: a silent address is asked too, with one try a profile.
  for (const { id, account } of options.credentials) {
    if (signal.aborted) return undefined;
    if (account !== undefined && refused.has(account)) continue;
    const answer = await network.identify(address, id, isSilent, signal);
    if (answer.ok) {
      const { facts, template, confidence, reasons } = answer;
      return {
        credentialId: id,
        reasons: reasons ?? [],
        facts: facts ?? {},
        ...(template === undefined ? {} : { template }),
        ...(confidence === undefined ? {} : { confidence }),
      };
    }
    if (account !== undefined && answer.code !== undefined && REFUSED.has(answer.code)) refused.add(account);
    // Nothing listens there, whichever credential is shown.
    if (answer.code === 'port_unreachable' || answer.code === 'unreachable') return undefined;
  }
  return undefined;
}
