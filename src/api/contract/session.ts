/** Log-in, the first run, people and API keys. */
import { z } from 'zod';
import { ROLES } from '../../model/role.ts';
import { id, listQuery, name, timestamp } from './common.ts';

export const role = z.enum(ROLES);
/** People have a page to look at; `ingest` is for keys only. */
export const userRole = z.enum(['viewer', 'operator', 'admin']);

export const username = z
  .string()
  .min(1, 'must not be empty')
  .max(100)
  .regex(/^[^\s\p{C}]+$/u, 'must not hold spaces or control characters');
/** Long enough that guessing is hopeless; no rules about kinds of characters (NIST SP 800-63B). */
export const password = z.string().min(10, 'must have at least 10 characters').max(1000);

export const user = z.object({
  id,
  username: z.string(),
  role: userRole,
  disabled: z.boolean(),
  created_at: timestamp,
  last_login_at: timestamp.nullable(),
  /** Keys that stop when the user may not log in any more, and go when the user is removed. */
  api_key_count: z.int(),
});
export const userInput = z.strictObject({ username, password, role: userRole, disabled: z.boolean().optional() });
export const userPatch = z.strictObject({
  password: password.optional(),
  role: userRole.optional(),
  disabled: z.boolean().optional(),
});
export const userListQuery = listQuery.extend({ role: userRole.optional() });

export const loginInput = z.strictObject({ username: z.string().max(100), password: z.string().max(1000) });
export const loginAnswer = z.object({ token: z.string(), expires_at: timestamp, user });

/** Who is asking: a person, or an API key (then `user` is null). */
export const me = z.object({
  user: user.nullable(),
  api_key: z.object({ id, name: z.string() }).nullable(),
  role,
  tenant: z.object({ id, name: z.string() }),
  permissions: z.array(z.string()),
});
export const passwordChange = z.strictObject({ current_password: z.string().max(1000), new_password: password });

/** `code_required`: this request does not come from the machine itself, so the set-up code must be given. */
export const setupState = z.object({ needed: z.boolean(), code_required: z.boolean() });
export const setupInput = z.strictObject({ username, password, setup_code: z.string().max(100).optional() });

export const apiKey = z.object({
  id,
  name: z.string(),
  role,
  /** The first characters, to recognise it. */
  prefix: z.string(),
  created_at: timestamp,
  created_by: z.string().nullable(),
  /** The person it belongs to: it stops when they may not log in any more. Null: the organisation. */
  owner_id: id.nullable(),
  owner: z.string().nullable(),
  /** It does not work, because its owner may not log in. */
  stopped: z.boolean(),
  expires_at: timestamp.nullable(),
  last_used_at: timestamp.nullable(),
});
export const apiKeyInput = z.strictObject({
  name,
  role,
  expires_at: timestamp.nullable().optional(),
  /** Who makes it, if nothing is said; null: the organisation. */
  owner_id: id.nullable().optional(),
});
export const apiKeyPatch = z.strictObject({ owner_id: id.nullable() });
/** The only answer that ever holds the key. */
export const apiKeyCreated = apiKey.extend({ key: z.string() });
