/** Answers to one question that is asked at every request, by its key, kept until anything in the database changes. */
import type { Database } from './database.ts';

const MAX_ANSWERS = 1000;

export class Remembered<T> {
  readonly #db: Pick<Database, 'writeCount'>;
  readonly #ask: (key: string) => T | undefined;
  readonly #answers = new Map<string, T>();
  #askedAt = -1;

  constructor(db: Pick<Database, 'writeCount'>, ask: (key: string) => T | undefined) {
    this.#db = db;
    this.#ask = ask;
  }

  /** The answer as it is now. That there is none is not kept: whoever guesses keys fills nothing. */
  get(key: string): T | undefined {
    const count = this.#db.writeCount();
    if (count !== this.#askedAt || this.#answers.size >= MAX_ANSWERS) this.#answers.clear();
    this.#askedAt = count;
    let answer = this.#answers.get(key);
    if (answer === undefined) {
      answer = this.#ask(key);
      if (answer !== undefined) this.#answers.set(key, answer);
    }
    return answer;
  }
}
