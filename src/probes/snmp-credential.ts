/** Credential profiles of the three SNMP types as the session wants them. */
import { z } from 'zod';
import { AUTH_PROTOCOLS, PRIV_PROTOCOLS, SECURITY_LEVELS, SNMP_PORT, type SnmpCredential } from '../snmp/credential.ts';
import { failure, type SnmpFailure } from '../snmp/failure.ts';
import type { OpenCredential } from './probe.ts';

const port = z.coerce.number().int().min(1).max(65535).default(SNMP_PORT);
const community = z.looseObject({ community: z.string().min(1), port });
const user = z.looseObject({
  username: z.string().min(1),
  security_level: z.enum(SECURITY_LEVELS),
  auth_protocol: z.enum(AUTH_PROTOCOLS).default('SHA'),
  auth_password: z.string().default(''),
  priv_protocol: z.enum(PRIV_PROTOCOLS).default('AES'),
  priv_password: z.string().default(''),
  context: z.string().default(''),
  port,
});

/** @param portOverride of the monitor's settings */
export function snmpCredential(open: OpenCredential | undefined, portOverride?: number): SnmpCredential | SnmpFailure {
  if (!open) return failure('bad_credential', 'This monitor needs a credential profile of type SNMP: choose one.');
  if (open.type === 'snmp_v3') {
    const parsed = user.safeParse(open.values);
    if (!parsed.success) return incomplete(parsed.error);
    const value = parsed.data;
    if (value.security_level !== 'noAuthNoPriv' && value.auth_password === '')
      return missing('authentication password');
    if (value.security_level === 'authPriv' && value.priv_password === '') return missing('privacy password');
    return {
      version: 'v3',
      username: value.username,
      level: value.security_level,
      authProtocol: value.auth_protocol,
      authPassword: value.auth_password,
      privProtocol: value.priv_protocol,
      privPassword: value.priv_password,
      context: value.context,
      port: portOverride ?? value.port,
    };
  }
  if (open.type === 'snmp_v1' || open.type === 'snmp_v2c') {
    const parsed = community.safeParse(open.values);
    if (!parsed.success) return incomplete(parsed.error);
    const version = open.type === 'snmp_v1' ? 'v1' : 'v2c';
    return { version, community: parsed.data.community, port: portOverride ?? parsed.data.port };
  }
  return failure(
    'bad_credential',
    `A credential profile of type ${open.type} cannot be used for SNMP: choose another one.`,
  );
}

function missing(what: string): SnmpFailure {
  return failure('bad_credential', `The credential profile has no ${what}, which its security level needs: enter it.`);
}

function incomplete(error: z.ZodError): SnmpFailure {
  const keys = [...new Set(error.issues.map((issue) => issue.path.join('.')))].join(', ');
  return failure('bad_credential', `The credential profile is not complete: check ${keys}.`);
}
