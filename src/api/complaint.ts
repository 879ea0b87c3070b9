/** What is wrong with a value, in words that fit behind its path: `offline_after_s: must be at least 10`. */
import type { z } from 'zod';

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const FORMATS: Readonly<Record<string, string>> = {
  datetime: 'a time in UTC, such as 2026-01-05T08:00:00Z',
  email: 'an e-mail address',
  url: 'a URL',
};

/** For schemas without words of their own; undefined where zod's do. */
export function complaintOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      if (issue.input === undefined) return 'is missing';
      return oneOf(issue.values.map(String));
    case 'invalid_union':
      return Array.isArray(issue.options) ? oneOf(issue.options.map(String)) : undefined;
    case 'invalid_format':
      return FORMATS[issue.format] === undefined ? 'has not the right form' : `must be ${FORMATS[issue.format]}`;
    case 'too_small':
      return limit(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return limit(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    default:
      return undefined;
  }
}

const oneOf = (values: readonly string[]): string =>
  values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(', ')}`;

function limit(origin: string, word: string, value: number | bigint): string {
  if (origin === 'string') return `must have ${word} ${value} characters`;
  if (origin === 'array' || origin === 'set') return `must hold ${word} ${value} entries`;
  return `must be ${word} ${value}`;
}
