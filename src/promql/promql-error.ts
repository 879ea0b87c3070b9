/**
 * The one error that leaves this room. `bad_data`: the query is wrong (HTTP 400). `execution`: it cannot be evaluated on
 * this data (422). `limit`: it would need more than the configured limits allow (422). `canceled` and `timeout`: 503.
 */
export type PromqlErrorKind = 'bad_data' | 'execution' | 'canceled' | 'timeout' | 'limit';

export class PromqlError extends Error {
  override readonly name = 'PromqlError';
  readonly kind: PromqlErrorKind;

  constructor(kind: PromqlErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
