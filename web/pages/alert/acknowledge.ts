/** Says that somebody has seen an alert. */
import type { Alert } from '../../../src/api/contract.ts';
import { api } from '../../api.ts';
import { attempt } from '../../components/toast.ts';
import { invalidate } from '../../data/resource.ts';
import { may } from '../../data/session.ts';
import { html, type VNode } from '../../html.ts';

export function AcknowledgeButton({ alert }: { readonly alert: Alert }): VNode | null {
  if (!may('operator') || alert.state !== 'firing' || alert.acknowledged_at !== null) return null;
  const acknowledge = async () => {
    await attempt(() => api.post(`/alerts/${alert.id}/acknowledge`), 'Acknowledged.');
    invalidate('/alerts');
  };
  return html`<button type="button" class="button small" onClick=${() => void acknowledge()}>Acknowledge</button>`;
}
