/**
 * A request that cannot be done as it stands, said in words for who asked. Services throw it, `api/` makes
 * problem+json of it. It is the caller's to correct, so it is never logged as a failure of ours.
 */
export const REFUSALS = ['invalid', 'not_found', 'conflict', 'in_use', 'forbidden', 'unavailable'] as const;
export type RefusalKind = (typeof REFUSALS)[number];

export interface FieldProblem {
  /** Path of the key in the request, `devices.0.address`; '' for the whole. */
  readonly path: string;
  readonly message: string;
}

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly kind: RefusalKind;
  readonly errors: readonly FieldProblem[];

  constructor(kind: RefusalKind, detail: string, errors: readonly FieldProblem[] = []) {
    super(detail);
    this.kind = kind;
    this.errors = errors;
  }

  /** One key is wrong. */
  static invalid(path: string, message: string): Refusal {
    return new Refusal('invalid', `${path} ${message}`, [{ path, message }]);
  }

  /** `what` as people call it: `Device`. */
  static notFound(what: string): Refusal {
    return new Refusal('not_found', `${what} not found`);
  }
}
