/** Credential profiles. Secrets come in and never go out. */
import type { z } from 'zod';
import type { CredentialProfileRecord } from '../../db/credential-profiles.ts';
import type { CredentialValues } from '../../fleet/credentials.ts';
import { parseAddress } from '../../lib/address.ts';
import { type FieldProblem, Refusal } from '../../model/refusal.ts';
import { idParams, pageOf } from '../contract/common.ts';
import {
  credentialListQuery,
  credentialProfile,
  credentialProfileInput,
  credentialTestInput,
  credentialTestResult,
  SECRET_KEYS,
  unsavedCredentialTestInput,
} from '../contract/credential-profiles.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import type { Services } from '../services.ts';

function present(record: CredentialProfileRecord) {
  const { id, name, type, monitor_count, discovery_profile_count, created_at, updated_at } = record;
  const secrets = Object.keys(record.sealed).sort();
  return { ...record.public, id, name, type, secrets, monitor_count, discovery_profile_count, created_at, updated_at };
}

/** Tells what is secret from what is not, and checks that all is there: `kept` names secrets that are stored already. */
function valuesOf(input: z.output<typeof credentialProfileInput>, kept: readonly string[] = []): CredentialValues {
  const { name, type, ...rest } = input;
  const secretKeys: readonly string[] = SECRET_KEYS[type];
  const entries = Object.entries(rest).filter(([, value]) => value !== undefined);
  const secrets = Object.fromEntries(entries.filter(([key]) => secretKeys.includes(key))) as Record<string, string>;
  const open = Object.fromEntries(entries.filter(([key]) => !secretKeys.includes(key)));
  const problems = missing(input, new Set([...Object.keys(secrets), ...kept]));
  if (problems.length > 0) {
    throw new Refusal('invalid', problems.map(({ path, message }) => `${path} ${message}`).join('; '), problems);
  }
  const needed = neededKeys(input);
  return { name, type, public: open, secrets, keep: kept.filter((key) => needed.includes(key)) };
}

function missing(input: z.output<typeof credentialProfileInput>, present: ReadonlySet<string>): FieldProblem[] {
  const has = (key: string) => present.has(key) || (key in input && input[key as keyof typeof input] !== undefined);
  const needed = neededKeys(input);
  return needed.filter((key) => !has(key)).map((path) => ({ path, message: `is needed for ${describe(input)}` }));
}

function neededKeys(input: z.output<typeof credentialProfileInput>): readonly string[] {
  if (input.type !== 'snmp_v3') return SECRET_KEYS[input.type];
  const authentication = ['auth_protocol', 'auth_password'];
  if (input.security_level === 'noAuthNoPriv') return [];
  return input.security_level === 'authNoPriv' ? authentication : [...authentication, 'priv_protocol', 'priv_password'];
}

const describe = (input: z.output<typeof credentialProfileInput>): string =>
  input.type === 'snmp_v3' ? `the security level ${input.security_level}` : `the type ${input.type}`;

function addressOf(text: string): string {
  const parsed = parseAddress(text);
  if (typeof parsed === 'string') throw Refusal.invalid('address', parsed);
  return parsed.text;
}

export function credentialProfileRoutes(services: Pick<Services, 'fleet' | 'repositories' | 'collect'>): Endpoint[] {
  const { fleet, repositories, collect } = services;
  const tag = 'credential profiles';
  return [
    endpoint({
      method: 'get',
      path: '/credential-profiles',
      tag,
      summary: 'Credential profiles, without their secrets',
      allow: 'read',
      query: credentialListQuery,
      answer: pageOf(credentialProfile),
      handle(call) {
        const page = repositories.credentialProfiles.list(principalOf(call).tenant, call.query);
        return { ...page, data: page.data.map(present) };
      },
    }),
    endpoint({
      method: 'post',
      path: '/credential-profiles',
      tag,
      summary: 'Add a credential profile; its secrets are sealed and never answered',
      allow: 'administer',
      action: 'credential_profile.create',
      body: credentialProfileInput,
      answer: credentialProfile,
      status: 201,
      handle(call) {
        const record = fleet.credentials.create(principalOf(call).tenant, valuesOf(call.body));
        call.audit({ target: `credential-profiles/${record.id}` });
        return present(record);
      },
    }),
    endpoint({
      method: 'post',
      path: '/credential-profiles/test',
      tag,
      summary: 'Try a credential that is not stored on an address',
      allow: 'operate',
      action: 'credential_profile.test',
      body: unsavedCredentialTestInput,
      answer: credentialTestResult,
      handle(call) {
        const { address, ...input } = call.body;
        const { type, public: open, secrets } = valuesOf({ ...input, name: input.name ?? 'unsaved' });
        const test = { tenant: principalOf(call).tenant, address: addressOf(address) };
        return collect.testCredential({ ...test, credential: { type, public: open, secrets } });
      },
    }),
    endpoint({
      method: 'get',
      path: '/credential-profiles/:id',
      tag,
      summary: 'A credential profile, without its secrets',
      allow: 'read',
      params: idParams,
      answer: credentialProfile,
      handle: (call) => present(fleet.credentials.get(principalOf(call).tenant, call.params.id)),
    }),
    endpoint({
      method: 'put',
      path: '/credential-profiles/:id',
      tag,
      summary: 'Replace a credential profile; a secret that is left out keeps its value',
      allow: 'administer',
      action: 'credential_profile.update',
      params: idParams,
      body: credentialProfileInput,
      answer: credentialProfile,
      handle(call) {
        const { tenant } = principalOf(call);
        const before = fleet.credentials.get(tenant, call.params.id);
        const kept = before.type === call.body.type ? Object.keys(before.sealed) : [];
        call.audit({ target: `credential-profiles/${before.id}` });
        return present(fleet.credentials.replace(tenant, before.id, valuesOf(call.body, kept)));
      },
    }),
    endpoint({
      method: 'delete',
      path: '/credential-profiles/:id',
      tag,
      summary: 'Remove a credential profile that nothing uses',
      allow: 'administer',
      action: 'credential_profile.delete',
      params: idParams,
      handle(call) {
        const record = fleet.credentials.delete(principalOf(call).tenant, call.params.id);
        call.audit({ target: `credential-profiles/${record.id}`, detail: { name: record.name, type: record.type } });
        return undefined;
      },
    }),
    endpoint({
      method: 'post',
      path: '/credential-profiles/:id/test',
      tag,
      summary: 'Try a credential profile on an address: what works, and why not',
      allow: 'operate',
      action: 'credential_profile.test',
      params: idParams,
      body: credentialTestInput,
      answer: credentialTestResult,
      handle(call) {
        const { tenant } = principalOf(call);
        const credential = fleet.credentials.open(tenant, call.params.id);
        call.audit({ target: `credential-profiles/${call.params.id}` });
        return collect.testCredential({ tenant, address: addressOf(call.body.address), credential });
      },
    }),
  ];
}
