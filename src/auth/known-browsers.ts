/**
 * Browsers in which somebody has logged in before, by a cookie that they keep: a sealed text, so that nobody else can
 * make one, and good for one name. It lets nobody in; it only keeps a person's attempts apart from those of strangers.
 */
import { randomBytes } from 'node:crypto';
import type { SecretBox } from '../config/secrets.ts';
import { SecretError } from '../config/secrets.ts';
import type { Clock } from '../lib/clock.ts';
import { DEFAULT_TENANT } from '../model/tenant.ts';

export const KNOWN_FOR_MS = 180 * 86_400_000;
const CONTEXT = { tenant: DEFAULT_TENANT, record: 'known_browser' };

export class KnownBrowsers {
  readonly #secrets: Pick<SecretBox, 'seal' | 'open'>;
  readonly #clock: Clock;

  constructor(secrets: Pick<SecretBox, 'seal' | 'open'>, clock: Clock) {
    this.#secrets = secrets;
    this.#clock = clock;
  }

  /** The text of a new cookie, for who has just logged in. */
  remember(username: string): string {
    const id = randomBytes(9).toString('base64url');
    return this.#secrets.seal(JSON.stringify([username.toLowerCase(), id, this.#clock.nowMs()]), CONTEXT);
  }

  /** Which browser it is, if this name has logged in there; undefined for all others. */
  recognise(cookie: string | undefined, username: string): string | undefined {
    if (cookie === undefined) return undefined;
    try {
      const [name, id, atMs] = JSON.parse(this.#secrets.open(cookie, CONTEXT)) as [string, string, number];
      const isFresh = this.#clock.nowMs() - atMs < KNOWN_FOR_MS;
      return isFresh && name === username.toLowerCase() ? id : undefined;
    } catch (error) {
      if (error instanceof SecretError) return undefined;
      throw error;
    }
  }
}
