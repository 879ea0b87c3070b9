/** A limit was reached. The message names the limit, its value and the setting that changes it. */
export class LimitError extends Error {
  override readonly name = 'LimitError';
  readonly setting: string;

  constructor(message: string, setting: string) {
    super(message);
    this.setting = setting;
  }
}

/** Data that contradicts what is stored: duplicate tags, two row groups that would make one PromQL series. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}
