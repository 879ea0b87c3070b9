/** Everything of this room, constructed over the repositories. */
import type { SecretBox } from '../config/secrets.ts';
import type { Repositories } from '../db/repositories.ts';
import type { Clock } from '../lib/clock.ts';
import { ApiKeys } from './api-keys.ts';
import { Authenticator } from './authenticator.ts';
import { FirstRun } from './first-run.ts';
import { KnownBrowsers } from './known-browsers.ts';
import { Login } from './login.ts';
import { LoginGuard } from './login-guard.ts';
import { Passwords } from './passwords.ts';
import { People } from './people.ts';
import { Sessions } from './sessions.ts';

export interface Auth {
  readonly authenticator: Authenticator;
  readonly login: Login;
  readonly guard: LoginGuard;
  readonly browsers: KnownBrowsers;
  readonly sessions: Sessions;
  readonly people: People;
  readonly apiKeys: ApiKeys;
  readonly firstRun: FirstRun;
}

export function createAuth(repositories: Repositories, secrets: Pick<SecretBox, 'seal' | 'open'>, clock: Clock): Auth {
  const passwords = new Passwords();
  const sessions = new Sessions(repositories.sessions, clock);
  const apiKeys = new ApiKeys(repositories, clock);
  const guard = new LoginGuard(clock);
  return {
    authenticator: new Authenticator(sessions, apiKeys),
    login: new Login({ repositories, passwords, sessions, guard, clock }),
    guard,
    browsers: new KnownBrowsers(secrets, clock),
    sessions,
    people: new People({ repositories, passwords, sessions, clock }),
    apiKeys,
    firstRun: new FirstRun(repositories),
  };
}
