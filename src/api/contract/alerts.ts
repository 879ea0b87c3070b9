/** Rules, the alerts that they raise, and the channels that tell people. */
import { z } from 'zod';
import { ALERT_STATES, SEVERITIES } from '../../model/health.ts';
import { id, labels, listQuery, name, queryFlag, text, timestamp } from './common.ts';

export const severity = z.enum(SEVERITIES);
export const alertState = z.enum(ALERT_STATES);
const annotations = z.record(z.string().max(100), text);

export const alertRule = z.object({
  id,
  name: z.string(),
  /** PromQL; every series that it returns is an alert. */
  expression: z.string(),
  for_s: z.int(),
  severity,
  labels: z.record(z.string(), z.string()),
  /** Texts for people; `{{ $labels.x }}` and `{{ $value }}` are filled in. */
  annotations: z.record(z.string(), z.string()),
  enabled: z.boolean(),
  /** Told by these; null: by every enabled channel. */
  channel_ids: z.array(id).nullable(),
  /** `user`, or what it came with (`built_in`, `template:cisco/ios`). */
  origin: z.string(),
  /** Why the last evaluation failed, else null. */
  last_error: z.string().nullable(),
  last_evaluated_at: timestamp.nullable(),
  created_at: timestamp,
  updated_at: timestamp,
});
export const alertRuleInput = z.strictObject({
  name,
  expression: z.string().trim().min(1, 'must not be empty').max(10_000),
  for_s: z.int().min(0).max(604_800).optional(),
  severity: severity.optional(),
  labels: labels.optional(),
  annotations: annotations.optional(),
  enabled: z.boolean().optional(),
  channel_ids: z.array(id).max(100).nullable().optional(),
});
export const alertRulePatch = alertRuleInput.partial();
export const alertRuleListQuery = listQuery.extend({
  q: z.string().max(200).optional(),
  severity: severity.optional(),
  enabled: queryFlag.optional(),
});

export const alertComment = z.object({ at: timestamp, by: z.string(), text: z.string() });
export const alert = z.object({
  id,
  rule_id: id.nullable(),
  rule: z.string(),
  fingerprint: z.string(),
  state: alertState,
  severity,
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  value: z.number().nullable(),
  device_id: id.nullable(),
  device: z.string().nullable(),
  started_at: timestamp,
  fired_at: timestamp.nullable(),
  resolved_at: timestamp.nullable(),
  /** Why it was resolved, when it is not that its expression does not return it any more. */
  resolution: z.string().nullable(),
  acknowledged_at: timestamp.nullable(),
  acknowledged_by: z.string().nullable(),
  comments: z.array(alertComment),
});
export const alertListQuery = listQuery.extend({
  /** One or more, separated by commas. */
  state: z.string().max(100).optional(),
  severity: severity.optional(),
  device_id: z.coerce.number().int().positive().optional(),
  rule_id: z.coerce.number().int().positive().optional(),
  acknowledged: queryFlag.optional(),
});
export const alertAction = z.strictObject({ comment: text.optional() });
export const alertCommentInput = z.strictObject({ comment: z.string().trim().min(1, 'must not be empty').max(4000) });

/** Many at once: a broken uplink is one cause and five hundred alerts. */
export const alertBulkAction = z.strictObject({
  ids: z
    .array(id)
    .min(1, 'must not be empty')
    .max(1000, 'must not hold more than 1000 alerts')
    .refine((ids) => new Set(ids).size === ids.length, 'must not name an alert twice'),
  comment: text.optional(),
});
/** `status` of each is what the request for it alone would have answered. */
export const alertBulkOutcome = z.object({
  done: z.int(),
  refused: z.int(),
  results: z.array(z.object({ id, status: z.int(), detail: z.string().optional() })),
});

const mailAddress = z.email('must be an e-mail address').max(320);
export const emailConfig = z.strictObject({
  host: z.string().trim().min(1, 'must not be empty').max(253),
  port: z.int().min(1).max(65535).optional(),
  /** `starttls`: TLS is demanded after the greeting; `tls`: from the first byte. */
  security: z.enum(['none', 'starttls', 'tls']).optional(),
  username: z.string().max(255).optional(),
  password: z.string().min(1).max(1000).optional(),
  from: mailAddress,
  to: z.array(mailAddress).min(1, 'must not be empty').max(100),
});
const hasLogin = (url: string): boolean => {
  const { username, password } = URL.parse(url) ?? { username: '', password: '' };
  return username !== '' || password !== '';
};
export const webhookConfig = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .max(2000)
    .refine((url) => !hasLogin(url), 'must not hold a user name or password: whoever reads the channel would see it'),
  /** Signs the body: `X-Telltale-Signature: sha256=<HMAC-SHA256 in hex>`. */
  secret: z.string().min(1).max(1000).optional(),
});
/** Keys that are sealed, by channel type. On `PUT`, a secret that is left out keeps its value. */
export const CHANNEL_SECRET_KEYS = { email: ['password'], webhook: ['secret'] } as const;

const channelBase = {
  name,
  enabled: z.boolean().optional(),
  send_resolved: z.boolean().optional(),
  min_severity: severity.optional(),
};
export const channelInput = z.discriminatedUnion('type', [
  z.strictObject({ ...channelBase, type: z.literal('email'), config: emailConfig }),
  z.strictObject({ ...channelBase, type: z.literal('webhook'), config: webhookConfig }),
]);
export const channelType = z.enum(['email', 'webhook']);
export const channel = z.object({
  id,
  name: z.string(),
  type: channelType,
  enabled: z.boolean(),
  send_resolved: z.boolean(),
  min_severity: severity,
  /** Without its secrets. */
  config: z.record(z.string(), z.unknown()),
  /** Names of the secrets that are set. */
  secrets: z.array(z.string()),
  last_sent_at: timestamp.nullable(),
  last_error: z.string().nullable(),
  last_error_at: timestamp.nullable(),
  created_at: timestamp,
  updated_at: timestamp,
});
export const channelListQuery = listQuery.extend({ type: channelType.optional() });
export const channelTestResult = z.object({ ok: z.boolean(), message: z.string(), duration_ms: z.number() });
