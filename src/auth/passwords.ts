/**
 * Passwords, hashed with argon2id (OWASP: 19 MiB, 2 passes, 1 lane). At most two are worked on at a time: hashing runs
 * on libuv's small thread pool, which DNS and the store's fsync need too.
 *
 * argon2 is loaded on first use only: inside the executable its add-on can be unpacked no sooner.
 */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const AT_A_TIME = 2;

export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #dummy: Promise<string> | undefined;

  hash(password: string): Promise<string> {
    return this.#limited(async () => {
      const { hash, argon2id } = await import('argon2');
      return hash(password, { ...PARAMETERS, type: argon2id });
    });
  }

  /** With no hash (an unknown user) it takes as long and says no: the time tells nobody which names exist. */
  async verify(hash: string | undefined, password: string): Promise<boolean> {
    this.#dummy ??= this.hash('the password of nobody');
    const against = hash ?? (await this.#dummy);
    const matches = await this.#limited(async () => {
      const { verify } = await import('argon2');
      return verify(against, password);
    });
    return hash !== undefined && matches;
  }

  async #limited<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_A_TIME) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }
}
