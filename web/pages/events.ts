/** What changed in the plant. */
import type { Event, Site } from '../../src/api/contract.ts';
import { withQuery } from '../api.ts';
import { Select } from '../components/form.ts';
import { PageHead, Panel } from '../components/page.ts';
import { useList } from '../data/resource.ts';
import { html, type VNode } from '../html.ts';
import { useLive } from '../live.ts';
import { useParam } from '../router.ts';
import { EventList } from './event-list.ts';
import { kindText } from './event-text.ts';

const SHOWN_MAX = 500;

export function Events(): VNode {
  const [kind, setKind] = useParam('kind');
  const [site, setSite] = useParam('site');
  const sites = useList<Site>('/sites');
  const events = useList<Event>(withQuery('/events', { limit: SHOWN_MAX, sort: '-at', kind, site }));
  const all = useList<Event>(withQuery('/events', { limit: SHOWN_MAX, sort: '-at' }));
  useLive<Event>('event', events.reload);
  const kinds = [...new Set([...(all.data ?? []).map((event) => event.kind), ...(kind === '' ? [] : [kind])])].sort();
  return html`<${PageHead} title="Events" note="What changed in the plant, newest first." />
    <div class="filters">
      <${Select} name="Kind" value=${kind} onChange=${setKind} choices=${[{ value: '', label: 'All kinds' }, ...kinds.map((value) => ({ value, label: kindText(value) }))]} />
      <${Select} name="Site" value=${site} onChange=${setSite} choices=${[{ value: '', label: 'All sites' }, ...(sites.data ?? []).map((each) => ({ value: each.name, label: each.name }))]} />
    </div>
    <${Panel}><${EventList} events=${events} hasDevice /><//>`;
}
