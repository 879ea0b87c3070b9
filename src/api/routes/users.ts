/** People. */
import type { UserRecord } from '../../db/users.ts';
import { Refusal } from '../../model/refusal.ts';
import { idParams, pageOf } from '../contract/common.ts';
import { user, userInput, userListQuery, userPatch } from '../contract/session.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import type { Services } from '../services.ts';

export function presentUser(record: UserRecord) {
  const { id, username, role, disabled, created_at, last_login_at } = record;
  return { id, username, role, disabled, created_at, last_login_at };
}

export function userRoutes({ auth, repositories }: Pick<Services, 'auth' | 'repositories'>): Endpoint[] {
  const tag = 'people';
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
        const page = repositories.users.list(principalOf(call).tenant, call.query);
        return { ...page, data: page.data.map(presentUser) };
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
        return presentUser(record);
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
        return presentUser(record);
      },
    }),
    endpoint({
      method: 'patch',
      path: '/users/:id',
      tag,
      summary: 'Change role, password or whether the user may log in; a new password ends the sessions',
      allow: 'administer',
      action: 'user.update',
      params: idParams,
      body: userPatch,
      answer: user,
      async handle(call) {
        const record = await auth.people.update(principalOf(call).tenant, call.params.id, call.body);
        call.audit({ target: `users/${record.id}` });
        return presentUser(record);
      },
    }),
    endpoint({
      method: 'delete',
      path: '/users/:id',
      tag,
      summary: 'Remove a user; the last administrator stays',
      allow: 'administer',
      action: 'user.delete',
      params: idParams,
      handle(call) {
        const record = auth.people.delete(principalOf(call).tenant, call.params.id);
        call.audit({ target: `users/${record.id}`, detail: { username: record.username } });
        return undefined;
      },
    }),
  ];
}
