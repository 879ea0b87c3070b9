/** Alert rules that ship with the product (`templates/alerts/*.yaml`). */
import { parse } from 'yaml';
import { z } from 'zod';
import { listAssets, readTextAsset } from '../lib/assets.ts';
import { parseDurationMs } from '../lib/duration.ts';
import { SEVERITIES } from '../model/health.ts';

const duration = z.string().transform((text, context) => {
  const ms = parseDurationMs(text);
  if (ms === undefined) context.addIssue({ code: 'custom', message: `"${text}" is not a duration such as 30s or 5m` });
  return (ms ?? 0) / 1000;
});

const alertRuleFile = z.strictObject({
  rules: z.array(
    z.strictObject({
      name: z.string().min(1),
      expression: z.string().min(1),
      for: duration.default(0),
      severity: z.enum(SEVERITIES),
      summary: z.string().min(1),
      description: z.string().optional(),
    }),
  ),
});

export interface ShippedAlertRule {
  readonly name: string;
  readonly expression: string;
  readonly forS: number;
  readonly severity: (typeof SEVERITIES)[number];
  readonly annotations: Readonly<Record<string, string>>;
}

/** @throws Error naming the file and the key that is wrong */
export function shippedAlertRules(): readonly ShippedAlertRule[] {
  return listAssets('templates/alerts').flatMap((name) => {
    const read = alertRuleFile.safeParse(parse(readTextAsset(name)));
    if (!read.success) throw new Error(`${name}: ${z.prettifyError(read.error)}`);
    return read.data.rules.map(({ name: rule, expression, for: forS, severity, summary, description }) => ({
      name: rule,
      expression,
      forS,
      severity,
      annotations: description === undefined ? { summary } : { summary, description },
    }));
  });
}
