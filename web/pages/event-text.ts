/** Events in words, with the shape that fits. What is not known here is told by its kind and its values. */
import type { Event } from '../../src/api/contract.ts';
import type { IconName } from '../components/icon.ts';
import { HEALTH_WORDS, type Health } from '../components/status.ts';
import { healthOf } from './device/health-segments.ts';

export interface EventText {
  readonly text: string;
  /** A status shape, where the event is about a status. */
  readonly mark?: Health | 'info';
  readonly icon: IconName;
}

type Told = Pick<Event, 'kind' | 'before' | 'after'>;

const ICONS: readonly (readonly [RegExp, IconName])[] = [
  [/reboot|restart/, 'refresh'],
  [/interface/, 'link'],
  [/added|created|found|import/, 'plus'],
  [/deleted|removed/, 'trash'],
  [/error|alert/, 'alerts'],
  [/recogni/, 'check'],
  [/rename|changed|updated/, 'edit'],
];

export function eventText(event: Told): EventText {
  const icon = ICONS.find(([pattern]) => pattern.test(event.kind))?.[1] ?? 'clock';
  const known = KNOWN[event.kind]?.(event);
  return known ? { icon, ...known } : { icon, text: plainText(event) };
}

const KNOWN: Readonly<Record<string, (event: Told) => Omit<EventText, 'icon'> | undefined>> = {
  health_changed(event) {
    const [before, after] = [healthOf(event.before), healthOf(event.after)];
    if (!after) return undefined;
    const was = before ? `, was ${HEALTH_WORDS[before].toLowerCase()}` : '';
    return { mark: after, text: `is ${HEALTH_WORDS[after].toLowerCase()}${was}` };
  },
  alert_firing(event) {
    const severity = field(event.after, 'severity');
    const mark = severity === 'critical' || severity === 'warning' ? severity : 'info';
    return { mark, text: `alert: ${field(event.after, 'rule')}` };
  },
  alert_resolved: (event) => ({ mark: 'healthy', text: `alert is over: ${field(event.after, 'rule')}` }),
  interface_status_changed(event) {
    const isUp = field(event.after, 'oper_status') === '1';
    return { mark: isUp ? 'healthy' : 'offline', text: `${field(event.after, 'ifname')} went ${isUp ? 'up' : 'down'}` };
  },
  device_added: (event) => ({ text: `added, at ${field(event.after, 'address')}` }),
  device_recognised(event) {
    const confidence = Number(field(event.after, 'confidence'));
    const sure = Number.isFinite(confidence) ? `, ${Math.round(confidence * 100)} % sure` : '';
    return { text: `recognised as ${field(event.after, 'template')}${sure}` };
  },
};

function field(value: unknown, key: string): string {
  if (typeof value !== 'object' || value === null) return '';
  const found = (value as Record<string, unknown>)[key];
  return found === undefined || found === null ? '' : String(found);
}

function plainText(event: Told): string {
  const [before, after] = [valueText(event.before), valueText(event.after)];
  const change = before !== '' && after !== '' ? `${before} → ${after}` : before + after;
  return change === '' ? kindText(event.kind) : `${kindText(event.kind)}: ${change}`;
}

/** `interface_added` → `interface added`. */
export function kindText(kind: string): string {
  return kind.replaceAll('_', ' ');
}

/** Any value on one line; IDs tell people nothing. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .filter(([key]) => !/(^|_)id$/.test(key))
    .map(([key, each]) => `${kindText(key)} ${typeof each === 'object' ? JSON.stringify(each) : String(each)}`)
    .join(', ');
}
