/** Alert rules. */
import type { z } from 'zod';
import type { AlertRuleRecord, AlertRuleValues } from '../../db/alert-rules.ts';
import { keepUnique } from '../../db/unique.ts';
import { type FieldProblem, Refusal } from '../../model/refusal.ts';
import type { TenantId } from '../../model/tenant.ts';
import { alertRule, alertRuleInput, alertRuleListQuery, alertRulePatch } from '../contract/alerts.ts';
import { idParams, pageOf } from '../contract/common.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import type { Services } from '../services.ts';

type NeededServices = Pick<Services, 'repositories' | 'alerts' | 'clock'>;
type Input = z.output<typeof alertRuleInput>;

export function alertRuleRoutes(services: NeededServices): Endpoint[] {
  const { repositories, alerts, clock } = services;
  const tag = 'alerts';
  const present = ({ tenant_id: _, ...record }: AlertRuleRecord) => ({ ...record, ...alerts.ruleStatus(record.id) });
  const get = (tenant: TenantId, id: number): AlertRuleRecord => {
    const record = repositories.alertRules.get(tenant, id);
    if (!record) throw Refusal.notFound('Alert rule');
    return record;
  };
  const now = () => new Date(clock.nowMs());
  const replace = async (tenant: TenantId, id: number, input: Input) => {
    const { origin } = get(tenant, id);
    const values = await check(services, tenant, input, origin);
    keepUnique('name', 'alert rule', () => repositories.alertRules.update(tenant, id, values, now()));
    alerts.rulesChanged();
    return present(get(tenant, id));
  };
  return [
    endpoint({
      method: 'get',
      path: '/alert-rules',
      tag,
      summary: 'Alert rules',
      allow: 'read',
      query: alertRuleListQuery,
      answer: pageOf(alertRule),
      handle(call) {
        const page = repositories.alertRules.list(principalOf(call).tenant, call.query);
        return { ...page, data: page.data.map(present) };
      },
    }),
    endpoint({
      method: 'post',
      path: '/alert-rules',
      tag,
      summary: 'Add a rule: a PromQL expression, and how long it must hold',
      allow: 'alert',
      action: 'alert_rule.create',
      body: alertRuleInput,
      answer: alertRule,
      status: 201,
      async handle(call) {
        const { tenant } = principalOf(call);
        const values = await check(services, tenant, call.body, 'user');
        const id = keepUnique('name', 'alert rule', () => repositories.alertRules.insert(tenant, values, now()));
        alerts.rulesChanged();
        call.audit({ target: `alert-rules/${id}` });
        return present(get(tenant, id));
      },
    }),
    endpoint({
      method: 'get',
      path: '/alert-rules/:id',
      tag,
      summary: 'An alert rule',
      allow: 'read',
      params: idParams,
      answer: alertRule,
      handle: (call) => present(get(principalOf(call).tenant, call.params.id)),
    }),
    endpoint({
      method: 'put',
      path: '/alert-rules/:id',
      tag,
      summary: 'Replace a rule',
      allow: 'alert',
      action: 'alert_rule.update',
      params: idParams,
      body: alertRuleInput,
      answer: alertRule,
      handle(call) {
        call.audit({ target: `alert-rules/${call.params.id}` });
        return replace(principalOf(call).tenant, call.params.id, call.body);
      },
    }),
    endpoint({
      method: 'patch',
      path: '/alert-rules/:id',
      tag,
      summary: 'Change some of a rule',
      allow: 'alert',
      action: 'alert_rule.update',
      params: idParams,
      body: alertRulePatch,
      answer: alertRule,
      handle(call) {
        const { tenant } = principalOf(call);
        const before = get(tenant, call.params.id);
        const given = Object.fromEntries(Object.entries(call.body).filter(([, value]) => value !== undefined));
        const { channel_ids, ...rest } = before;
        call.audit({ target: `alert-rules/${before.id}` });
        return replace(tenant, before.id, { ...rest, channel_ids: channel_ids ? [...channel_ids] : null, ...given });
      },
    }),
    endpoint({
      method: 'delete',
      path: '/alert-rules/:id',
      tag,
      summary: 'Remove a rule; alerts that it raised are resolved',
      allow: 'alert',
      action: 'alert_rule.delete',
      params: idParams,
      handle(call) {
        const { tenant } = principalOf(call);
        const record = get(tenant, call.params.id);
        repositories.alertRules.delete(tenant, record.id, now());
        alerts.rulesChanged();
        call.audit({ target: `alert-rules/${record.id}`, detail: { name: record.name } });
        return undefined;
      },
    }),
  ];
}

async function check(
  { repositories, alerts }: NeededServices,
  tenant: TenantId,
  input: Input,
  origin: string,
): Promise<AlertRuleValues> {
  const problems: FieldProblem[] = [];
  const wrong = await alerts.expressionProblem(tenant, input.expression);
  if (wrong) problems.push({ path: 'expression', message: wrong });
  (input.channel_ids ?? []).forEach((id, index) => {
    if (repositories.channels.get(tenant, id)) return;
    problems.push({ path: `channel_ids.${index}`, message: `is not known: there is no channel ${id}` });
  });
  if (problems.length > 0) {
    throw new Refusal('invalid', problems.map(({ path, message }) => `${path}: ${message}`).join('; '), problems);
  }
  return {
    name: input.name,
    expression: input.expression,
    for_s: input.for_s ?? 0,
    severity: input.severity ?? 'warning',
    labels: input.labels ?? {},
    annotations: input.annotations ?? {},
    enabled: input.enabled ?? true,
    channel_ids: input.channel_ids ?? null,
    origin,
  };
}
