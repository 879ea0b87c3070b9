/** Errors as the API tells them: RFC 9457, `application/problem+json`, never a stack trace. The one place that maps them. */

import type { z } from 'zod';
import { SecretError } from '../config/secrets.ts';
import { isDiskFull } from '../db/errors.ts';
import { LimitError } from '../model/limit-error.ts';
import { type FieldProblem, Refusal, type RefusalKind } from '../model/refusal.ts';

export const PROBLEM_TYPE = 'application/problem+json';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** An answer other than success that is about HTTP itself; what services refuse is a `Refusal`. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly status: number;
  readonly errors: readonly FieldProblem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    detail: string,
    extra: { errors?: readonly FieldProblem[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.status = status;
    this.errors = extra.errors ?? [];
    this.headers = extra.headers ?? {};
  }
}

const REFUSAL_STATUS: Readonly<Record<RefusalKind, number>> = {
  invalid: 400,
  in_use: 400,
  not_found: 404,
  conflict: 409,
  forbidden: 403,
  unavailable: 503,
};

/** The problem of an error that the caller can do something about; undefined for failures of ours. */
export function problemOf(error: unknown): HttpProblem | undefined {
  if (error instanceof HttpProblem) return error;
  if (error instanceof Refusal)
    return new HttpProblem(REFUSAL_STATUS[error.kind], error.message, { errors: error.errors });
  if (error instanceof SecretError) return new HttpProblem(409, error.message);
  if (error instanceof LimitError) return new HttpProblem(400, error.message);
  if (isDiskFull(error)) {
    return new HttpProblem(503, 'The disk of the server is full: nothing was changed. Make room, then try again.');
  }
  return undefined;
}

export function problemResponse(problem: HttpProblem): Response {
  const { status, errors, message: detail } = problem;
  const title = TITLES[status] ?? 'Error';
  const body = { type: 'about:blank', title, status, detail, ...(errors.length > 0 ? { errors } : {}) };
  return new Response(JSON.stringify(body), { status, headers: { ...problem.headers, 'content-type': PROBLEM_TYPE } });
}

/** What zod found, as one problem. `where`: `body`, `query` or `path`. */
export function invalid(issues: readonly z.core.$ZodIssue[], where: string): HttpProblem {
  const errors = issues.flatMap(fieldProblems);
  const [first] = errors;
  const rest = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const detail = first
    ? `${first.path === '' ? `The ${where}` : first.path}: ${first.message}${rest}`
    : `The ${where} is wrong`;
  return new HttpProblem(400, detail, { errors });
}

/** At most this many problems are told of one request. */
const MAX_ERRORS = 100;

export function fieldProblems(issue: z.core.$ZodIssue): FieldProblem[] {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, MAX_ERRORS)
      .map((key) => ({ path: path === '' ? key : `${path}.${key}`, message: 'is not a known key' }));
  }
  return [{ path, message: issue.message }];
}
