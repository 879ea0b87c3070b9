/**
 * Status as shape, word and colour together: circle, triangle, octagon, square. Whoever cannot tell the colours tells
 * the shapes, and whoever sees neither hears the word.
 */
import type { Alert, AlertRule, Device } from '../../src/api/contract.ts';
import { html, type VNode } from '../html.ts';

export type Health = Device['health'];
export type Severity = AlertRule['severity'];

/** Worst first, for sorting and for lists. */
export const HEALTH_ORDER: readonly Health[] = [
  'offline',
  'critical',
  'warning',
  'unknown',
  'discovering',
  'maintenance',
  'healthy',
];

export const HEALTH_WORDS: Readonly<Record<Health, string>> = {
  healthy: 'Healthy',
  warning: 'Warning',
  critical: 'Critical',
  offline: 'Offline',
  unknown: 'Unknown',
  maintenance: 'Maintenance',
  discovering: 'Discovering',
};

const OUTLINES: Readonly<Record<Health | 'info', string>> = {
  healthy: 'M8 1.2a6.8 6.8 0 1 1 0 13.6A6.8 6.8 0 0 1 8 1.2z',
  warning: 'M8 1.3c.5 0 .9.3 1.2.7l6 10.6c.5 1-.1 2-1.2 2H2c-1.1 0-1.7-1-1.2-2L6.8 2c.3-.4.7-.7 1.2-.7z',
  critical: 'M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2z',
  offline: 'M2.5 1.3h11c.7 0 1.2.5 1.2 1.2v11c0 .7-.5 1.2-1.2 1.2h-11c-.7 0-1.2-.5-1.2-1.2v-11c0-.7.5-1.2 1.2-1.2z',
  unknown: 'M8 .8L15.2 8 8 15.2.8 8z',
  maintenance: 'M8 1l6 2.2v4.6c0 3.6-2.5 6-6 7.2-3.5-1.2-6-3.6-6-7.2V3.2z',
  discovering: 'M8 1.2a6.8 6.8 0 1 1 0 13.6A6.8 6.8 0 0 1 8 1.2z',
  info: 'M8 1.2a6.8 6.8 0 1 1 0 13.6A6.8 6.8 0 0 1 8 1.2z',
};

const GLYPHS: Readonly<Record<Health | 'info', string>> = {
  healthy: 'M4.8 8.3l2.2 2.2 4.3-4.7',
  warning: 'M8 5.5v4M8 11.9h.01',
  critical: 'M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8',
  offline: 'M4.5 8h7',
  unknown: 'M6.3 6.5a1.7 1.7 0 1 1 2.4 1.6c-.5.3-.7.5-.7 1.1M8 11.2h.01',
  maintenance: 'M8 4.8v4M8 11h.01',
  discovering: 'M4.9 8h.01M8 8h.01M11.1 8h.01',
  info: 'M8 7.2v4M8 4.6h.01',
};

/** The shape alone; give a word beside it or a title. */
export function Mark({ of, size = 14 }: { readonly of: Health | 'info'; readonly size?: number }): VNode {
  return html`<svg class=${`mark is-${of}`} width=${size} height=${size} viewBox="0 0 16 16" aria-hidden="true">
    <path class="mark-shape" d=${OUTLINES[of]} />
    <path class="mark-glyph" d=${GLYPHS[of]} />
  </svg>`;
}

/** Shape and word. */
export function HealthStatus({ health, size }: { readonly health: Health; readonly size?: number }): VNode {
  return html`<span class=${`status is-${health}`}><${Mark} of=${health} size=${size ?? 14} />${HEALTH_WORDS[health]}</span>`;
}

const SEVERITY_WORDS: Readonly<Record<Severity, string>> = { info: 'Info', warning: 'Warning', critical: 'Critical' };

export function SeverityStatus({ severity }: { readonly severity: Severity }): VNode {
  return html`<span class=${`status is-${severity}`}><${Mark} of=${severity} />${SEVERITY_WORDS[severity]}</span>`;
}

const ALERT_WORDS: Readonly<Record<Alert['state'], string>> = {
  pending: 'Pending',
  firing: 'Firing',
  resolved: 'Resolved',
};

/** The state of an alert: a firing one wears its severity. */
export function AlertStatus({ alert }: { readonly alert: Pick<Alert, 'state' | 'severity'> }): VNode {
  const of = alert.state === 'firing' ? alert.severity : alert.state === 'pending' ? 'discovering' : 'healthy';
  return html`<span class=${`status is-${of}`}><${Mark} of=${of} />${ALERT_WORDS[alert.state]}</span>`;
}

export type CheckStatus = 'ok' | 'degraded' | 'down';
const CHECKS: Readonly<Record<CheckStatus, readonly [Health, string]>> = {
  ok: ['healthy', 'OK'],
  degraded: ['warning', 'Degraded'],
  down: ['critical', 'Down'],
};

export function CheckMark({ status }: { readonly status: CheckStatus }): VNode {
  const [of, word] = CHECKS[status];
  return html`<span class=${`status is-${of}`}><${Mark} of=${of} />${word}</span>`;
}
