/** Label matchers as predicates on the label's value ('' when the label is absent). */
import { compileRe2 } from '../lib/re2.ts';
import { Re2Error } from '../lib/re2-error.ts';
import type { Matcher } from '../model/series.ts';
import { PromqlError } from './promql-error.ts';

/** The predicate of a matcher. @throws PromqlError when its regular expression is invalid */
export function compileMatcher(matcher: Matcher): (value: string) => boolean {
  const { op, value } = matcher;
  if (op === '=') return (candidate) => candidate === value;
  if (op === '!=') return (candidate) => candidate !== value;
  try {
    const regex = compileRe2(value);
    return op === '=~' ? (candidate) => regex.test(candidate) : (candidate) => !regex.test(candidate);
  } catch (error) {
    if (error instanceof Re2Error) throw new PromqlError('bad_data', error.message);
    throw error;
  }
}
