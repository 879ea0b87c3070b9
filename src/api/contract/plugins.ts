/** Kinds of probes: built in, and added executables. */
import { z } from 'zod';
import { FIELD_KINDS } from '../../model/field.ts';
import { listQuery, name, timestamp } from './common.ts';
import { credentialType } from './credential-profiles.ts';

const metricName = z
  .string()
  .regex(
    /^(?!__)[A-Za-z_][A-Za-z0-9_]{0,99}$/,
    'must be letters, digits and _, at most 100, beginning with neither a digit nor __',
  );
/** What a field is, so that charts and rates treat it rightly. */
const declaredField = z.strictObject({
  measurement: metricName,
  field: metricName,
  kind: z.enum(FIELD_KINDS),
  unit: z.string().max(50).default(''),
  help: z.string().max(500).default(''),
});

export const plugin = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  type: z.enum(['built_in', 'executable']),
  /** Credential types that it can use; empty: none is needed. */
  credential_types: z.array(credentialType),
  default_interval_s: z.int(),
  /** JSON Schema of the monitor's `settings`. */
  settings_schema: z.record(z.string(), z.unknown()),
  /** Of an executable: file name in the `plugins` folder of the data folder. */
  executable: z.string().optional(),
  arguments: z.array(z.string()).optional(),
  timeout_s: z.int().optional(),
  fields: z.array(declaredField).optional(),
  created_at: timestamp.optional(),
  updated_at: timestamp.optional(),
});

export const pluginInput = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{1,49}$/, 'must be 2 to 50 small letters, digits, - or _, beginning with a letter'),
  name,
  description: z.string().max(1000).optional(),
  /** No path: only what somebody put into that folder can be run. */
  executable: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be a plain file name'),
  arguments: z.array(z.string().max(1000)).max(50).optional(),
  /** Less than two minutes, after which any poll is given up. */
  timeout_s: z.int().min(1).max(100).optional(),
  default_interval_s: z.int().min(1).max(86_400).optional(),
  credential_types: z.array(credentialType).max(10).optional(),
  settings_schema: z.record(z.string(), z.unknown()).optional(),
  fields: z.array(declaredField).max(1000).optional(),
});
/** The programs that plugins can be made of. */
export const pluginPrograms = z.object({
  /** Where who runs the machine puts them: a path, or a place in the data folder. */
  folder: z.string(),
  data: z.array(z.object({ file: z.string(), usable: z.boolean(), problem: z.string().nullable() })),
});
export const pluginReplacement = pluginInput.partial({ id: true });
export const pluginListQuery = listQuery.extend({ type: z.enum(['built_in', 'executable']).optional() });
export const pluginParams = z.object({ id: z.string().max(100) });
