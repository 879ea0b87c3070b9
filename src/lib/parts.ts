/**
 * Long work in parts: a generator that stops after each, so that whoever runs it can let the thread hear others. What it
 * returns is the result.
 */
export type Parts<T> = Generator<undefined, T>;

/** When to rest, and how. */
export interface Manners {
  due(): boolean;
  /** Rejects when the work is to end. */
  rest(): Promise<void>;
}

/** Runs to the end without a rest. */
export function finish<T>(parts: Parts<T>): T {
  for (;;) {
    const next = parts.next();
    if (next.done) return next.value;
  }
}

/** Runs to the end with rests between parts. `check` is asked after each. */
export async function finishWithRests<T>(parts: Parts<T>, manners: Manners, check?: () => void): Promise<T> {
  for (;;) {
    const next = parts.next();
    if (next.done) return next.value;
    check?.();
    if (manners.due()) await manners.rest();
  }
}
