/** After silence: what is known about why a device does not answer SNMP, and what to change. */

import type { SnmpCredential } from '../snmp/credential.ts';
import { failure, type SnmpFailure } from '../snmp/failure.ts';
import { isPortUnreachable } from '../snmp/port-test.ts';
import type { ProbeTools } from './probe.ts';

const PING_TIMEOUT_MS = 1000;

/** A better failure than `timeout` for a device that did not answer. */
export async function diagnoseSilence(
  tools: Pick<ProbeTools, 'clock' | 'pinger'>,
  address: string,
  credential: SnmpCredential,
  knowsEngine: boolean,
): Promise<SnmpFailure> {
  const { port } = credential;
  if (await isPortUnreachable(tools.clock, address, port)) {
    return failure(
      'port_unreachable',
      `${address} is there, but nothing listens on UDP port ${port}: switch SNMP on at the device, or correct the port.`,
    );
  }
  if (knowsEngine) {
    return failure(
      'timeout',
      `${address} names its SNMPv3 engine but does not answer the user "${credential.version === 'v3' ? credential.username : ''}": check the context, the user's view and the device's access list.`,
    );
  }
  const asked = tools.pinger.way === 'tcp' ? 'TCP' : 'ping';
  const echo = await tools.pinger.ping(address, PING_TIMEOUT_MS);
  if (echo.kind === 'reply') {
    const what =
      credential.version === 'v3'
        ? 'check that SNMPv3 is switched on'
        : `check that SNMP${credential.version} is switched on, the community (capital letters included)`;
    return failure(
      'timeout',
      `${address} answers ${asked} but not SNMP on port ${port}: ${what}, and that its access list and the firewalls between let this machine ask.`,
    );
  }
  return failure(
    'timeout',
    `${address} answers neither ${asked} nor SNMP: check address, power, cabling and the way there.`,
  );
}
