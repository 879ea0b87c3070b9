/**
 * Chooses, once at start, the best way to ping that this machine allows: a raw socket (root or CAP_NET_RAW), a datagram
 * ICMP socket (`net.ipv4.ping_group_range`), IcmpSendEcho on Windows, else TCP connections.
 */
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Pinger } from './echo.ts';
import { loadLibc } from './libc.ts';
import { LinuxIcmpSocket } from './linux-socket.ts';
import { PacketPinger } from './packet-pinger.ts';
import { TcpPinger } from './tcp-pinger.ts';
import { openWindowsPinger } from './windows-pinger.ts';

export interface PingerOptions {
  readonly clock: Clock;
  readonly log: Logger;
}

/** Never fails: TCP is always left. */
export async function openPinger({ clock, log }: PingerOptions): Promise<Pinger> {
  try {
    if (process.platform === 'linux') return await openLinux(clock);
    if (process.platform === 'win32') return await openWindowsPinger(clock);
  } catch (error) {
    log.warn({ err: error }, 'ICMP is not available');
    return new TcpPinger(clock, 'the ICMP library could not be loaded (see the log).');
  }
  return new TcpPinger(clock, `ping is not supported on ${process.platform} yet.`);
}

async function openLinux(clock: Clock): Promise<Pinger> {
  const libc = await loadLibc();
  const raw = LinuxIcmpSocket.open(libc, 4, true);
  if (typeof raw !== 'number') return new PacketPinger(libc, clock, raw, 'Pings go through a raw ICMP socket.');
  const datagram = LinuxIcmpSocket.open(libc, 4, false);
  if (typeof datagram !== 'number') {
    return new PacketPinger(libc, clock, datagram, 'Pings go through a datagram ICMP socket (no root rights needed).');
  }
  const remedy =
    'allow it with "setcap cap_net_raw+ep telltale" or "sysctl net.ipv4.ping_group_range=\'0 2147483647\'".';
  return new TcpPinger(clock, `this system allows no ICMP socket; ${remedy}`);
}
