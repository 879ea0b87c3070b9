/** Keys of scripts and tools. */
import { actorOf } from '../../auth/principal.ts';
import type { ApiKeyRecord } from '../../db/api-keys.ts';
import { idParams, listQuery, pageOf } from '../contract/common.ts';
import { apiKey, apiKeyCreated, apiKeyInput, apiKeyPatch } from '../contract/session.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import type { Services } from '../services.ts';

function present(record: ApiKeyRecord) {
  const { key_hash: _, tenant_id: __, owner_role: ___, owner_disabled, ...shown } = record;
  return { ...shown, stopped: owner_disabled ?? false };
}

export function apiKeyRoutes({ auth, repositories }: Pick<Services, 'auth' | 'repositories'>): Endpoint[] {
  const tag = 'people';
  return [
    endpoint({
      method: 'get',
      path: '/api-keys',
      tag,
      summary: 'API keys, without the keys themselves',
      allow: 'administer',
      query: listQuery,
      answer: pageOf(apiKey),
      handle(call) {
        const page = repositories.apiKeys.list(principalOf(call).tenant, call.query);
        return { ...page, data: page.data.map(present) };
      },
    }),
    endpoint({
      method: 'post',
      path: '/api-keys',
      tag,
      summary: 'Make a key; this answer is the only one that ever shows it',
      allow: 'administer',
      action: 'api_key.create',
      body: apiKeyInput,
      answer: apiKeyCreated,
      status: 201,
      handle(call) {
        const principal = principalOf(call);
        const { name, role, expires_at, owner_id = principal.userId } = call.body;
        const created = auth.apiKeys.create(principal.tenant, {
          name,
          role,
          expires_at: expires_at ? new Date(expires_at) : null,
          created_by: actorOf(principal),
          owner_id,
        });
        call.audit({
          target: `api-keys/${created.id}`,
          detail: { name, role, expires_at: created.expires_at, owner: created.owner },
        });
        return { ...present(created), key: created.key };
      },
    }),
    endpoint({
      method: 'patch',
      path: '/api-keys/:id',
      tag,
      summary: 'Hand a key over to another user, or to the organisation',
      allow: 'administer',
      action: 'api_key.update',
      params: idParams,
      body: apiKeyPatch,
      answer: apiKey,
      handle(call) {
        const { tenant } = principalOf(call);
        const before = auth.apiKeys.get(tenant, call.params.id);
        const after = auth.apiKeys.handOver(tenant, before.id, call.body.owner_id);
        const detail = { name: after.name, owner_before: before.owner, owner: after.owner };
        call.audit({ target: `api-keys/${after.id}`, detail });
        return present(after);
      },
    }),
    endpoint({
      method: 'delete',
      path: '/api-keys/:id',
      tag,
      summary: 'Revoke a key',
      allow: 'administer',
      action: 'api_key.delete',
      params: idParams,
      handle(call) {
        const { tenant } = principalOf(call);
        const record = auth.apiKeys.get(tenant, call.params.id);
        repositories.apiKeys.delete(tenant, record.id);
        call.audit({ target: `api-keys/${record.id}`, detail: { name: record.name } });
        return undefined;
      },
    }),
  ];
}
