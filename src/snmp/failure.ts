/**
 * Why a request failed, in words a technician can act on. Failures are values: `code` is stable, `message` says what
 * was seen and what to change.
 */

export interface SnmpFailure {
  readonly kind: 'failure';
  readonly code: SnmpFailureCode;
  readonly message: string;
}

export type SnmpFailureCode =
  | 'timeout'
  | 'port_unreachable'
  | 'unreachable'
  | 'answered_from_other_address'
  | 'bad_response'
  | 'too_big'
  | 'device_error'
  | 'no_access'
  | 'walk_loop'
  | 'cancelled'
  | 'bad_credential'
  | UsmFailureCode;

/** One for each usmStats counter (RFC 3414 section 5), plus what an agent does that answers none of them. */
export type UsmFailureCode =
  | 'unsupported_security_level'
  | 'not_in_time_window'
  | 'unknown_user'
  | 'unknown_engine_id'
  | 'wrong_digest'
  | 'decryption_error'
  | 'unknown_context';

export function failure(code: SnmpFailureCode, message: string): SnmpFailure {
  return { kind: 'failure', code, message };
}

export function isFailure(value: unknown): value is SnmpFailure {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'failure';
}

/** The device knows us and does not show `what`. */
export function noAccess(what: string): SnmpFailure {
  return failure(
    'no_access',
    `The device refuses to show ${what}: give the community or user a view that includes it (1.3.6.1 for all), or use the security level that the device asks for.`,
  );
}

/** What a report with this usmStats number means for a user and their protocols. */
export function usmFailure(report: number, user: string, auth: string, priv: string, level: string): SnmpFailure {
  switch (report) {
    case 1:
      return failure(
        'unsupported_security_level',
        `The device does not allow user "${user}" at security level ${level} (usmStatsUnsupportedSecLevels): choose the level that is configured for this user on the device.`,
      );
    case 2:
      return failure(
        'not_in_time_window',
        'The device keeps refusing our clock for its engine (usmStatsNotInTimeWindows), even after we took over its time: check that no second device answers with the same engine ID, and restart its SNMP agent.',
      );
    case 3:
      return failure(
        'unknown_user',
        `The device does not know the user "${user}" (usmStatsUnknownUserNames): check the user name, capital letters included, or create it on the device.`,
      );
    case 4:
      return failure(
        'unknown_engine_id',
        'The device refuses its own engine ID (usmStatsUnknownEngineIDs): its engine ID changes from answer to answer; set a fixed one on the device, or restart its SNMP agent.',
      );
    case 5:
      return failure(
        'wrong_digest',
        `The device knows the user "${user}" but our signature is wrong (usmStatsWrongDigests): check the authentication password and that the protocol is ${auth} on the device too.`,
      );
    default:
      return failure(
        'decryption_error',
        `The device could not decrypt our request (usmStatsDecryptionErrors): check the privacy password and that the protocol is ${priv} on the device too.`,
      );
  }
}

/** Failures of the socket itself, by errno. */
export function sendFailure(code: string, address: string): SnmpFailure {
  if (code === 'ENETUNREACH' || code === 'EHOSTUNREACH' || code === 'EHOSTDOWN' || code === 'EADDRNOTAVAIL') {
    return failure('unreachable', `There is no route to ${address} from here (${code}): check address and network.`);
  }
  if (code === 'EPERM' || code === 'EACCES') {
    return failure('unreachable', `This machine does not let us send to ${address} (${code}): check its firewall.`);
  }
  return failure('unreachable', `Sending to ${address} failed: ${code}.`);
}
