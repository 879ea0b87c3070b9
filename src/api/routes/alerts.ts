/** Alerts, and what people do about them. */

import type { Principal } from '../../auth/principal.ts';
import type { AlertRecord } from '../../db/alerts.ts';
import { ALERT_STATES, type AlertState } from '../../model/health.ts';
import { Refusal } from '../../model/refusal.ts';
import type { TenantId } from '../../model/tenant.ts';
import {
  alert,
  alertAction,
  alertBulkAction,
  alertBulkOutcome,
  alertCommentInput,
  alertListQuery,
} from '../contract/alerts.ts';
import { idParams, pageOf } from '../contract/common.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import { mapInTransactions } from '../in-transactions.ts';
import { problemOf } from '../problem.ts';
import type { Services } from '../services.ts';

/** An alert as the API and live messages show it; of a device that is gone, the name that it had is left. */
export function presentAlert(record: AlertRecord) {
  const { tenant_id: _, muted: __, ...shown } = record;
  const isThere = record.device !== null;
  return {
    ...shown,
    device_id: isThere ? record.device_id : null,
    device: record.device ?? record.labels.device ?? null,
  };
}

type NeededServices = Pick<Services, 'repositories' | 'alerts' | 'clock' | 'fleet'>;

export function alertRoutes({ repositories, alerts, clock, fleet }: NeededServices): Endpoint[] {
  const tag = 'alerts';
  const now = () => new Date(clock.nowMs());
  const get = (tenant: TenantId, id: number): AlertRecord => {
    const record = repositories.alerts.get(tenant, id);
    if (!record) throw Refusal.notFound('Alert');
    return record;
  };
  const getOpen = (tenant: TenantId, id: number): AlertRecord => {
    const record = get(tenant, id);
    if (record.state === 'resolved') throw new Refusal('conflict', 'The alert is resolved already.');
    return record;
  };
  const comment = (principal: Principal, id: number, text: string | undefined) => {
    if (text === undefined || text.trim() === '') return;
    const entry = { at: now().toISOString(), by: principal.name, text: text.trim() };
    repositories.alerts.comment(principal.tenant, id, entry);
  };
  const changed = (tenant: TenantId, id: number) => {
    const shown = presentAlert(get(tenant, id));
    fleet.live.publish(tenant, 'alert', shown);
    return shown;
  };
  const acknowledge = (principal: Principal, alertId: number, said: string | undefined) => {
    const { id } = getOpen(principal.tenant, alertId);
    repositories.transaction(() => {
      repositories.alerts.update(id, { acknowledged_at: now(), acknowledged_by: principal.name });
      comment(principal, id, said);
    });
    return changed(principal.tenant, id);
  };
  const resolve = (principal: Principal, alertId: number, said: string | undefined) => {
    const { id } = getOpen(principal.tenant, alertId);
    comment(principal, id, said);
    alerts.resolve(principal.tenant, id, principal.name);
    return presentAlert(get(principal.tenant, id));
  };
  /** The same for many, each judged for itself. */
  const bulk = (action: 'acknowledge' | 'resolve', summary: string, act: typeof acknowledge) =>
    endpoint({
      method: 'post',
      path: `/alerts/bulk/${action}`,
      tag,
      summary,
      allow: 'alert',
      action: `alert.bulk_${action}`,
      body: alertBulkAction,
      answer: alertBulkOutcome,
      async handle(call) {
        const principal = principalOf(call);
        const { ids, comment: said } = call.body;
        const results = await mapInTransactions(repositories, ids, (id) => {
          try {
            act(principal, id, said);
            return { id, status: 200 };
          } catch (error) {
            const problem = problemOf(error);
            if (!problem || problem.status >= 500) throw error;
            return { id, status: problem.status, detail: problem.message };
          }
        });
        const done = results.filter(({ status }) => status === 200).length;
        call.audit({ detail: { ids, done, refused: results.length - done } });
        return { done, refused: results.length - done, results };
      },
    });
  return [
    // Before those whose `:id` would take `bulk` for an ID.
    bulk('acknowledge', 'Somebody takes care of many at once', acknowledge),
    bulk('resolve', 'A person says that many are over', resolve),
    endpoint({
      method: 'get',
      path: '/alerts',
      tag,
      summary: 'Alerts, newest first; state takes several, separated by commas',
      allow: 'read',
      query: alertListQuery,
      answer: pageOf(alert),
      handle(call) {
        const { state, ...query } = call.query;
        const page = repositories.alerts.list(principalOf(call).tenant, { ...query, states: statesOf(state) });
        return { ...page, data: page.data.map(presentAlert) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/alerts/:id',
      tag,
      summary: 'An alert',
      allow: 'read',
      params: idParams,
      answer: alert,
      handle: (call) => presentAlert(get(principalOf(call).tenant, call.params.id)),
    }),
    endpoint({
      method: 'post',
      path: '/alerts/:id/acknowledge',
      tag,
      summary: 'Somebody takes care of it',
      allow: 'alert',
      action: 'alert.acknowledge',
      params: idParams,
      body: alertAction,
      bodyOptional: true,
      answer: alert,
      handle(call) {
        call.audit({ target: `alerts/${call.params.id}` });
        return acknowledge(principalOf(call), call.params.id, call.body.comment);
      },
    }),
    endpoint({
      method: 'post',
      path: '/alerts/:id/resolve',
      tag,
      summary: 'A person says that it is over; it fires again only after its expression was silent in between',
      allow: 'alert',
      action: 'alert.resolve',
      params: idParams,
      body: alertAction,
      bodyOptional: true,
      answer: alert,
      handle(call) {
        call.audit({ target: `alerts/${call.params.id}` });
        return resolve(principalOf(call), call.params.id, call.body.comment);
      },
    }),
    endpoint({
      method: 'post',
      path: '/alerts/:id/comment',
      tag,
      summary: 'Write something down for the next shift',
      allow: 'alert',
      action: 'alert.comment',
      params: idParams,
      body: alertCommentInput,
      answer: alert,
      handle(call) {
        const principal = principalOf(call);
        const { id } = get(principal.tenant, call.params.id);
        comment(principal, id, call.body.comment);
        call.audit({ target: `alerts/${id}` });
        return changed(principal.tenant, id);
      },
    }),
  ];
}

function statesOf(text: string | undefined): AlertState[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim());
  const isState = (name: string): name is AlertState => (ALERT_STATES as readonly string[]).includes(name);
  const states = names.filter(isState);
  if (states.length < names.length)
    throw Refusal.invalid('state', `must be of ${ALERT_STATES.join(', ')}, separated by commas`);
  return states;
}
