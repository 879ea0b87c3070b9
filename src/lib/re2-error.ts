/** A pattern that RE2 would refuse, or that cannot be matched in bounded time. */
export class Re2Error extends Error {
  override readonly name = 'Re2Error';

  constructor(problem: string, options?: ErrorOptions) {
    super(`error parsing regexp: ${problem}`, options);
  }
}
