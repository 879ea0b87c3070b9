/** Events in the order of time: what changed, from what to what. */
import type { Event } from '../../src/api/contract.ts';
import { Icon } from '../components/icon.ts';
import { Empty, Failure, Loading } from '../components/page.ts';
import { Mark } from '../components/status.ts';
import { RelativeTime } from '../components/time.ts';
import type { Resource } from '../data/resource.ts';
import { html, type VNode } from '../html.ts';
import { eventText } from './event-text.ts';

interface EventListProps {
  readonly events: Resource<readonly Event[]>;
  readonly hasDevice: boolean;
  readonly max?: number;
}

export function EventList({ events, hasDevice, max = 500 }: EventListProps): VNode {
  if (events.error && !events.data) return html`<${Failure} error=${events.error} onRetry=${events.reload} />`;
  if (!events.data) return html`<${Loading} lines=${5} />`;
  if (events.data.length === 0) {
    return html`<${Empty} icon="clock" title="No events" text="What changes in the plant is written down here." />`;
  }
  return html`<ol class="events">
    ${events.data.slice(0, max).map((event) => html`<${Entry} key=${event.id} event=${event} hasDevice=${hasDevice} />`)}
  </ol>`;
}

function Entry({ event, hasDevice }: { readonly event: Event; readonly hasDevice: boolean }): VNode {
  const { text, mark, icon } = eventText(event);
  const name =
    event.device_id === null ? event.device : html`<a href=${`/devices/${event.device_id}`}>${event.device}</a>`;
  return html`<li>
    ${mark ? html`<${Mark} of=${mark} />` : html`<${Icon} name=${icon} size=${14} />`}
    <p class="grow break">${hasDevice && event.device && html`<b>${name}</b>${' '}`}${text}</p>
    <span class="muted"><${RelativeTime} at=${event.at} /></span>
  </li>`;
}
