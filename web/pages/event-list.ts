/** Events in the order of time: what changed, from what to what. */
import type { Event } from '../../src/api/contract.ts';
import type { IconName } from '../components/icon.ts';
import { Icon } from '../components/icon.ts';
import { Empty, Failure, Loading } from '../components/page.ts';
import { HealthStatus, Mark } from '../components/status.ts';
import { RelativeTime } from '../components/time.ts';
import type { Resource } from '../data/resource.ts';
import { html, type VNode } from '../html.ts';
import { healthOf } from './device/health-segments.ts';

interface EventListProps {
  readonly events: Resource<readonly Event[]>;
  readonly hasDevice: boolean;
  readonly max?: number;
}

const ICONS: readonly (readonly [RegExp, IconName])[] = [
  [/reboot|restart/, 'refresh'],
  [/interface/, 'link'],
  [/added|created|found|import/, 'plus'],
  [/deleted|removed/, 'trash'],
  [/error/, 'alerts'],
  [/rename|changed|updated/, 'edit'],
];

export function EventList({ events, hasDevice, max = 500 }: EventListProps): VNode {
  if (events.error && !events.data) return html`<${Failure} error=${events.error} onRetry=${events.reload} />`;
  if (!events.data) return html`<${Loading} lines=${5} />`;
  if (events.data.length === 0) {
    return html`<${Empty} icon="clock" title="No events" text="What changes in the plant is written down here." />`;
  }
  return html`<ol class="events">
    ${events.data.slice(0, max).map(
      (event) => html`<li key=${event.id}>
        <${EventMark} event=${event} />
        <div class="grow">
          ${hasDevice && event.device && html`<b>${event.device_id === null ? event.device : html`<a href=${`/devices/${event.device_id}`}>${event.device}</a>`}</b> `}
          <span>${kindText(event.kind)}</span>
          <${Change} event=${event} />
        </div>
        <span class="muted"><${RelativeTime} at=${event.at} /></span>
      </li>`,
    )}
  </ol>`;
}

function EventMark({ event }: { readonly event: Event }): VNode {
  const health = healthOf(event.after);
  if (health) return html`<${Mark} of=${health} />`;
  const icon = ICONS.find(([pattern]) => pattern.test(event.kind))?.[1] ?? 'clock';
  return html`<${Icon} name=${icon} size=${14} />`;
}

function Change({ event }: { readonly event: Event }): VNode | null {
  const after = healthOf(event.after);
  if (after) return html`<span class="soft"> → <${HealthStatus} health=${after} size=${12} /></span>`;
  const [before, now] = [valueText(event.before), valueText(event.after)];
  if (before === '' && now === '') return null;
  return html`<span class="soft break"> ${before !== '' && now !== '' ? `${before} → ${now}` : before + now}</span>`;
}

/** `interface_added` → `interface added`. */
export function kindText(kind: string): string {
  return kind.replaceAll('_', ' ');
}

/** Any value on one line. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([key, each]) => `${kindText(key)} ${typeof each === 'object' ? JSON.stringify(each) : String(each)}`)
    .join(', ');
}
