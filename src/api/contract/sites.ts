/** Places that devices belong to. */
import { z } from 'zod';
import { id, listQuery, name, timestamp } from './common.ts';

const timeZone = z
  .string()
  .max(100)
  .refine((value) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: value });
      return true;
    } catch {
      return false;
    }
  }, 'must be a time zone of the IANA database, such as Europe/Berlin');

export const site = z.object({
  id,
  name: z.string(),
  time_zone: z.string(),
  description: z.string(),
  device_count: z.int(),
  created_at: timestamp,
  updated_at: timestamp,
});
export const siteInput = z.strictObject({
  name,
  time_zone: timeZone.optional(),
  description: z.string().max(1000).optional(),
});
export const sitePatch = siteInput.partial();
export const siteListQuery = listQuery.extend({ q: z.string().max(200).optional() });
