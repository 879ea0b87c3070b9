/** Which interfaces are polled, decided for all devices at once. */
import { z } from 'zod';
import { id } from './common.ts';

const pattern = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(200)
  .describe('The whole text must fit; * stands for anything, ? for one character, capital letters or not');

export const interfaceRule = z
  .strictObject({
    /** Of ifName or ifDescr. */
    name: pattern.optional(),
    alias: pattern.optional(),
    /** ifType of IF-MIB: 6 is Ethernet, 53 a VLAN or other virtual one, 131 a tunnel, 161 a bundle. */
    types: z.array(z.int().min(1).max(10_000)).min(1, 'must not be empty').max(50).optional(),
    polled: z.boolean(),
  })
  .refine(({ name, alias, types }) => name !== undefined || alias !== undefined || types !== undefined, {
    message: 'must say a name, an alias or types',
    path: ['name'],
  });

/** In order: the first that fits an interface decides, unless a person chose for that very interface. */
export const interfaceRules = z.strictObject({
  rules: z.array(interfaceRule).max(100, 'must not hold more than 100 rules'),
});

/** What rules would do to the interfaces that are known now. */
export const interfaceRulesPreview = z.object({
  /** How many interfaces each rule would decide, in their order. */
  decided: z.array(z.int()),
  /** How many would be polled that are not, and the other way round. */
  begin: z.int(),
  end: z.int(),
  /** Some of those, as examples. */
  examples: z.array(
    z.object({ device_id: id, device: z.string(), ifname: z.string(), alias: z.string(), polled: z.boolean() }),
  ),
});
