/**
 * The first run: while there is no user, whoever sits at the machine, or holds the set-up code that it printed, makes
 * the administrator.
 */
import { randomInt, timingSafeEqual } from 'node:crypto';
import type { Repositories } from '../db/repositories.ts';
import { hashToken } from './tokens.ts';

/** Without letters and digits that look alike. 8 of 30: 39 bits, behind the same guard as passwords. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

export class FirstRun {
  readonly #users: Repositories['users'];
  #code: string | undefined;
  #over = false;

  constructor(repositories: Pick<Repositories, 'users'>) {
    this.#users = repositories.users;
  }

  needed(): boolean {
    // Users never become fewer than one again, so a yes need not be asked twice.
    this.#over ||= this.#users.count() > 0;
    return !this.#over;
  }

  /** The code to print; made on first use, the same until the process ends. */
  code(): string {
    this.#code ??= newCode();
    return this.#code;
  }

  accepts(code: string): boolean {
    const plain = (text: string) => hashToken(text.toUpperCase().replaceAll(/[^A-Z0-9]/g, ''));
    return timingSafeEqual(Buffer.from(plain(code)), Buffer.from(plain(this.code())));
  }
}

function newCode(): string {
  const letters = Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)] ?? '').join('');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}
