/** How kinds of devices are recognised and polled: YAML files, built in and added. */
import { z } from 'zod';
import { fieldError, listQuery, timestamp } from './common.ts';

export const template = z.object({
  id: z.string(),
  name: z.string(),
  vendor: z.string(),
  origin: z.enum(['built_in', 'added']),
  device_count: z.int(),
  updated_at: timestamp.optional(),
});
export const templateText = template.extend({ yaml: z.string() });
const yaml = z.string().min(1, 'must not be empty').max(500_000);
export const templateInput = z.strictObject({ yaml });
export const templateCheck = z.object({ valid: z.boolean(), errors: z.array(fieldError) });
export const templateListQuery = listQuery.extend({ q: z.string().max(200).optional() });
/** Template IDs hold a slash (`cisco/ios`). */
export const templateParams = z.object({ vendor: z.string().max(100), family: z.string().max(100).optional() });
