/**
 * Requests to our own server. Every failure becomes an ApiError whose message a person can act on: problem+json where
 * the server sent it, plain words where nothing came back at all.
 */

export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

/** `status` is 0 when the server could not be reached. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly fields: readonly FieldProblem[];

  constructor(status: number, message: string, fields: readonly FieldProblem[] = []) {
    super(message);
    this.status = status;
    this.fields = fields;
  }
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type SessionLost = () => void;
let sessionLost: SessionLost = () => {};

/** Called when a request that needs a session is answered 401. */
export function onSessionLost(listener: SessionLost): void {
  sessionLost = listener;
}

const BASE = '/api/v1';

/** @throws ApiError; AbortError when `signal` fires */
async function request<T>(method: Method, path: string, body?: unknown, options: RequestOptions = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      credentials: 'same-origin',
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiError(0, 'The server does not answer. Is Telltale running, and is this computer connected to it?');
  }
  const text = await response.text();
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
  if (response.status === 401 && !path.startsWith('/auth/login')) sessionLost();
  throw problemOf(response.status, text);
}

/** The error that a failed answer stands for. */
export function problemOf(status: number, text: string): ApiError {
  const problem = parseProblem(text);
  const fields = Array.isArray(problem?.errors) ? problem.errors.filter(isFieldProblem) : [];
  // The Prometheus paths answer {status: "error", error}.
  const said = [problem?.detail, problem?.error, problem?.title].find((value) => typeof value === 'string');
  return new ApiError(status, said ?? plainReason(status), fields);
}

function parseProblem(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // not JSON: a proxy's page, or nothing
  }
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return typeof value === 'object' && value !== null && 'path' in value && 'message' in value;
}

function plainReason(status: number): string {
  if (status === 401) return 'You are not logged in.';
  if (status === 403) return 'Your role does not allow this.';
  if (status === 404) return 'It does not exist, or no longer does.';
  if (status === 413) return 'That is more than the server accepts in one request.';
  if (status === 429) return 'Too many requests. Wait a minute and try again.';
  if (status >= 500) return `The server could not do this (${status}). Its log says why.`;
  return `The server refused this (${status}).`;
}

export const api = {
  get: <T>(path: string, options?: RequestOptions) => request<T>('GET', path, undefined, options),
  post: <T>(path: string, body: unknown = {}, options?: RequestOptions) => request<T>('POST', path, body, options),
  put: <T>(path: string, body: unknown) => request<T>('PUT', path, body),
  patch: <T>(path: string, body: unknown) => request<T>('PATCH', path, body),
  delete: (path: string) => request<void>('DELETE', path),
};

/** What to tell a person about anything that was thrown. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof ApiError)) return error.message;
  const details = error.fields.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  const untold = details.filter((detail) => !error.message.includes(detail));
  return [error.message, untold.join('; ')].filter((part) => part !== '').join(' ');
}

/** A path with query parameters; empty and undefined ones are left out. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}
