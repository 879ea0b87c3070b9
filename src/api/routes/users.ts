/** People. */
import type { UserRecord } from '../../db/users.ts';
import { Refusal } from '../../model/refusal.ts';
import { idParams, pageOf } from '../contract/common.ts';
import { user, userInput, userListQuery, userPatch } from '../contract/session.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import type { Services } from '../services.ts';

export function presentUser(record: UserRecord, apiKeyCount: number) {
  const { id, username, role, disabled, created_at, last_login_at } = record;
  return { id, username, role, disabled, created_at, last_login_at, api_key_count: apiKeyCount };
}

export function userRoutes({ auth, repositories }: Pick<Services, 'auth' | 'repositories'>): Endpoint[] {
  const tag = 'people';
  const present = (record: UserRecord) =>
    presentUser(record, repositories.apiKeys.namesOfOwner(record.tenant_id, record.id).length);
  return [
    endpoint({
      method: 'get',
      path: '/users',
      tag,
      summary: 'Users',
      allow: 'administer',
      query: userListQuery,
      answer: pageOf(user),
      handle(call) {
        const { tenant } = principalOf(call);
        const page = repositories.users.list(tenant, call.query);
        const keys = repositories.apiKeys.countByOwner(tenant);
        return { ...page, data: page.data.map((record) => presentUser(record, keys.get(record.id) ?? 0)) };
      },
    }),
    endpoint({
      method: 'post',
      path: '/users',
      tag,
      summary: 'Add a user',
      allow: 'administer',
      action: 'user.create',
      body: userInput,
      answer: user,
      status: 201,
      async handle(call) {
        const record = await auth.people.create(principalOf(call).tenant, call.body);
        call.audit({ target: `users/${record.id}` });
        return present(record);
      },
    }),
    endpoint({
      method: 'get',
      path: '/users/:id',
      tag,
      summary: 'A user',
      allow: 'administer',
      params: idParams,
      answer: user,
      handle(call) {
        const record = repositories.users.get(principalOf(call).tenant, call.params.id);
        if (!record) throw Refusal.notFound('User');
        return present(record);
      },
    }),
    endpoint({
      method: 'patch',
      path: '/users/:id',
      tag,
      summary:
        'Change role, password or whether the user may log in; a new password ends the sessions, and who may not log in has no API keys that work',
      allow: 'administer',
      action: 'user.update',
      params: idParams,
      body: userPatch,
      answer: user,
      async handle(call) {
        const { tenant } = principalOf(call);
        const record = await auth.people.update(tenant, call.params.id, call.body);
        const stopped = record.disabled
          ? { api_keys_stopped: repositories.apiKeys.namesOfOwner(tenant, record.id) }
          : {};
        call.audit({ target: `users/${record.id}`, detail: { ...call.body, ...stopped } });
        return present(record);
      },
    }),
    endpoint({
      method: 'delete',
      path: '/users/:id',
      tag,
      summary: "Remove a user and the user's API keys; the last administrator stays",
      allow: 'administer',
      action: 'user.delete',
      params: idParams,
      handle(call) {
        const { tenant } = principalOf(call);
        const keys = repositories.apiKeys.namesOfOwner(tenant, call.params.id);
        const record = auth.people.delete(tenant, call.params.id);
        call.audit({ target: `users/${record.id}`, detail: { username: record.username, api_keys_removed: keys } });
        return undefined;
      },
    }),
  ];
}
