/**
 * Words that all resources of the API share. Inputs are strict (an unknown key is an error with its path) and carry no
 * defaults, so that the same schema serves `POST`, `PUT` and, made partial, `PATCH`.
 */
import { z } from 'zod';

export const id = z.int().positive();
/** ISO 8601 in UTC. */
export const timestamp = z.iso.datetime();
/** Names stand in mails, logs and tables: none breaks a line, hides a character or turns the text around it. */
export const name = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]*$/u, 'must not hold line breaks or control characters');
export const text = z.string().max(4000);

/** A label name as in Prometheus; names that begin with `__` are reserved. */
export const labelName = z
  .string()
  .max(100)
  .regex(
    /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/,
    'must be letters, digits and underscores, and must not begin with a digit or __',
  );
export const labels = z
  .record(labelName, z.string().max(1000))
  .refine((value) => Object.keys(value).length <= 30, 'must not hold more than 30 labels');

/** One problem of a request, with the path of the key that it is about. */
export const fieldError = z.object({ path: z.string(), message: z.string() });

/** RFC 9457, `application/problem+json`. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(fieldError).optional(),
});

/** What every list takes. `sort` is a field name, descending with a minus before it. */
export const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).optional(),
  cursor: z.string().max(1000).optional(),
  sort: z.string().max(100).optional(),
});

/** What every list answers. `next_cursor` is null on the last page. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ data: z.array(item), next_cursor: z.string().nullable() });
}

/** A boolean in a query string. */
export const queryFlag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');

export const idParams = z.object({ id: z.coerce.number().int().positive() });
