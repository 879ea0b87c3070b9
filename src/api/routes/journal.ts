/** What changed: events in the plant, and the audit log. */
import { presentEvent } from '../../fleet/events.ts';
import { pageOf } from '../contract/common.ts';
import { auditEntry, auditListQuery, event, eventListQuery } from '../contract/events.ts';
import { type Endpoint, endpoint, principalOf } from '../endpoint.ts';
import type { Services } from '../services.ts';

export function journalRoutes({ repositories }: Pick<Services, 'repositories'>): Endpoint[] {
  const dateOf = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
  return [
    endpoint({
      method: 'get',
      path: '/events',
      tag: 'journal',
      summary: 'What changed in the plant, newest first',
      allow: 'read',
      query: eventListQuery,
      answer: pageOf(event),
      handle(call) {
        const { from, to, ...query } = call.query;
        const filter = { ...query, from: dateOf(from), to: dateOf(to) };
        const page = repositories.journal.events(principalOf(call).tenant, filter);
        return { ...page, data: page.data.map(presentEvent) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/audit',
      tag: 'journal',
      summary: 'What people and keys changed here, newest first',
      allow: 'administer',
      query: auditListQuery,
      answer: pageOf(auditEntry),
      handle(call) {
        const { from, to, ...query } = call.query;
        const filter = { ...query, from: dateOf(from), to: dateOf(to) };
        const page = repositories.journal.audit(principalOf(call).tenant, filter);
        return { ...page, data: page.data.map(({ tenant_id: _, ...entry }) => entry) };
      },
    }),
  ];
}
