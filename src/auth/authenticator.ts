/** From what a request carries to who is asking. */
import type { ApiKeys } from './api-keys.ts';
import type { Principal } from './principal.ts';
import type { Sessions } from './sessions.ts';
import { API_KEY_PREFIX, SESSION_PREFIX } from './tokens.ts';

/** What a request carries. */
export interface Credentials {
  readonly cookieToken: string | undefined;
  readonly authorization: string | undefined;
  readonly apiKey: string | undefined;
}

export class Authenticator {
  readonly #sessions: Sessions;
  readonly #keys: ApiKeys;

  constructor(sessions: Sessions, keys: ApiKeys) {
    this.#sessions = sessions;
    this.#keys = keys;
  }

  /**
   * Headers win over the cookie, and a wrong header is not mended by a right cookie. `tools` also accepts what Influx
   * and Prometheus clients can send: `Authorization: Token <key>`, and Basic with the key as password.
   */
  principalOf(credentials: Credentials, tools = false): Principal | undefined {
    if (credentials.apiKey !== undefined) return this.#byToken(credentials.apiKey);
    if (credentials.authorization !== undefined) {
      const token = tokenOf(credentials.authorization, tools);
      return token === undefined ? undefined : this.#byToken(token);
    }
    if (credentials.cookieToken !== undefined) return this.#bySession(credentials.cookieToken, true);
    return undefined;
  }

  #byToken(token: string): Principal | undefined {
    if (token.startsWith(SESSION_PREFIX)) return this.#bySession(token, false);
    if (!token.startsWith(API_KEY_PREFIX)) return undefined;
    const key = this.#keys.find(token);
    if (!key) return undefined;
    const { id, name, tenant_id: tenant, role, owner_id: userId, owner_role: ownerRole } = key;
    return { kind: 'api_key', id, name, tenant, role, userId, ...(ownerRole ? { ownerRole } : {}), byCookie: false };
  }

  #bySession(token: string, byCookie: boolean): Principal | undefined {
    const user = this.#sessions.userOf(token);
    if (!user) return undefined;
    const { id, username: name, tenant_id: tenant, role } = user;
    return { kind: 'user', id, name, tenant, role, userId: id, byCookie };
  }
}

function tokenOf(authorization: string, tools: boolean): string | undefined {
  const [scheme = '', value = ''] = authorization.trim().split(/\s+/, 2);
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return value;
    case 'token':
      return tools ? value : undefined;
    case 'basic': {
      if (!tools) return undefined;
      const text = Buffer.from(value, 'base64').toString('utf8');
      return text.slice(text.indexOf(':') + 1);
    }
    default:
      return undefined;
  }
}
