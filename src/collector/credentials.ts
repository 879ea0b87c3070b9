/** Opens the sealed secrets of credential profiles, in memory, when a run is made; nothing opened is kept elsewhere. */
import { SecretError } from '../config/secrets.ts';
import { credentialRecord, type SealedCredential } from '../model/collector-config.ts';
import type { TenantId } from '../model/tenant.ts';
import type { OpenCredential } from '../probes/probe.ts';

/** @throws SecretError */
export type OpenSecret = (sealed: string, context: { readonly tenant: TenantId; readonly record: string }) => string;

export interface UnusableCredential {
  readonly code: 'bad_credential';
  readonly message: string;
}

export function openCredential(
  { id, type, public: plain, sealed }: SealedCredential,
  tenant: TenantId,
  open: OpenSecret,
): OpenCredential | UnusableCredential {
  try {
    const secrets = Object.entries(sealed).map(([key, text]) => [
      key,
      open(text, { tenant, record: credentialRecord(id, key) }),
    ]);
    return { type, values: { ...plain, ...Object.fromEntries(secrets) } };
  } catch (error) {
    if (error instanceof SecretError) return { code: 'bad_credential', message: error.message };
    throw error;
  }
}
