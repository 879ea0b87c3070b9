/**
 * One route as data: who may use it, what it takes and answers, what the audit log calls it. From the same definition
 * come the checks, the handler and its entry in the OpenAPI document.
 */
import type { Context } from 'hono';
import type { z } from 'zod';
import type { Permission, Principal } from '../auth/principal.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** `anyone`: without log-in. `self`: whoever is logged in, whatever the role, keys that only ingest included. */
export type Allow = Permission | 'anyone' | 'self';

/** A value that becomes `T` as JSON: dates stand for their ISO texts. */
export type Outgoing<T> = T extends string
  ? T | Date
  : T extends readonly (infer U)[]
    ? readonly Outgoing<U>[]
    : T extends object
      ? { readonly [K in keyof T]: Outgoing<T[K]> }
      : T;

/** An answer with another status than the endpoint's own, or with cookies. */
export class Reply<T> {
  readonly value: T;
  readonly status: number | undefined;
  /** Texts of `Set-Cookie` headers. */
  readonly cookies: readonly string[];

  constructor(value: T, extra: { status?: number; cookies?: readonly string[] }) {
    this.value = value;
    this.status = extra.status;
    this.cookies = extra.cookies ?? [];
  }
}

export interface Call<P, Q, B> {
  /** Undefined only where `anyone` is allowed. */
  readonly principal: Principal | undefined;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Address of who asks. */
  readonly address: string;
  readonly context: Context;
  /** What the audit log is to say: of which record, with what detail instead of the body, by whom if nobody was logged in. */
  audit(entry: { target?: string; detail?: unknown; actor?: string; tenant?: number }): void;
}

type Schema = z.ZodType | undefined;
type Parsed<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;
type Answered<S extends Schema> = S extends z.ZodType ? Outgoing<z.input<S>> : undefined;
type Result<S extends Schema> = Answered<S> | Reply<Answered<S>>;

export interface EndpointSpec<P extends Schema, Q extends Schema, B extends Schema, A extends Schema> {
  readonly method: Method;
  /** Relative to the API's base, parameters as `:id`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly allow: Allow;
  /** Of the audit log, `device.create`. Every endpoint that changes something has one. */
  readonly action?: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** A body that may be left out altogether. */
  readonly bodyOptional?: boolean;
  readonly bodyLimitBytes?: number;
  /** Absent: nothing is answered, 204. */
  readonly answer?: A;
  /** 200 by default, 204 without an answer. */
  readonly status?: 200 | 201 | 202;
  handle(call: Call<Parsed<P>, Parsed<Q>, Parsed<B>>): Result<A> | Promise<Result<A>>;
}

/** An endpoint whose particular types are behind it. */
export type Endpoint = Omit<EndpointSpec<Schema, Schema, Schema, Schema>, 'handle'> & {
  handle(call: Call<never, never, never>): unknown;
};

/** Gives a definition its types. */
export function endpoint<
  P extends Schema = undefined,
  Q extends Schema = undefined,
  B extends Schema = undefined,
  A extends Schema = undefined,
>(spec: EndpointSpec<P, Q, B, A>): Endpoint {
  return spec as Endpoint;
}

/** Who is asking, where the endpoint lets nobody else in. */
export function principalOf(call: Pick<Call<unknown, unknown, unknown>, 'principal'>): Principal {
  if (!call.principal) throw new Error('an endpoint for the logged-in was reached without a log-in');
  return call.principal;
}
