/** What an alert says of itself: its summary, else the name of its rule. */
import type { Alert } from '../../../src/api/contract.ts';
import { html, type VNode } from '../../html.ts';

export function alertTitle(alert: Pick<Alert, 'annotations' | 'rule'>): string {
  return alert.annotations.summary || alert.rule;
}

/** Labels that tell something beside the rule and the device. */
export function alertLabels(alert: Pick<Alert, 'labels'>): readonly (readonly [string, string])[] {
  const told = new Set([
    ...['alertname', 'severity', '__name__'],
    ...['device', 'device_id', 'monitor_id', 'address', 'template'],
  ]);
  return Object.entries(alert.labels).filter(([name]) => !told.has(name));
}

/** The name of its device: a link, unless the device is gone; undefined when it is about none. */
export function alertDevice({ device, device_id: id }: Pick<Alert, 'device' | 'device_id'>): VNode | undefined {
  if (!device) return undefined;
  return id === null ? html`<span>${device}</span>` : html`<a href=${`/devices/${id}`}>${device}</a>`;
}
