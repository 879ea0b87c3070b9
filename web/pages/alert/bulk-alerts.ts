/** What can be done about many alerts at once: five hundred of them are often one cause. */
import type { Alert, AlertBulkAction, AlertBulkOutcome } from '../../../src/api/contract.ts';
import { api } from '../../api.ts';
import { confirm } from '../../components/dialog.ts';
import { tell, tellFailure } from '../../components/toast.ts';
import { invalidate } from '../../data/resource.ts';
import { count } from '../../format/units.ts';
import { html, useState, type VNode } from '../../html.ts';

const AT_A_TIME = 1000;
const WORDS = { acknowledge: 'acknowledged', resolve: 'resolved' } as const;

interface BulkAlertsProps {
  readonly alerts: readonly Alert[];
  readonly onDone: () => void;
}

export function BulkAlerts({ alerts, onDone }: BulkAlertsProps): VNode {
  const [isBusy, setBusy] = useState(false);
  const run = async (action: keyof typeof WORDS, some: readonly Alert[]): Promise<void> => {
    setBusy(true);
    try {
      let done = 0;
      for (let start = 0; start < some.length; start += AT_A_TIME) {
        const body: AlertBulkAction = { ids: some.slice(start, start + AT_A_TIME).map(({ id }) => id) };
        done += (await api.post<AlertBulkOutcome>(`/alerts/bulk/${action}`, body)).done;
      }
      const over = some.length - done;
      tell(`${count(done, 'alert')} ${WORDS[action]}${over > 0 ? `; ${over} were over already` : ''}.`);
      onDone();
    } catch (error) {
      tellFailure(error);
    }
    setBusy(false);
    invalidate('/alerts');
  };
  const unseen = alerts.filter((alert) => alert.acknowledged_at === null);
  const resolve = () =>
    confirm({
      title: `Resolve ${count(alerts.length, 'alert')} by hand?`,
      text: 'Whoever was told that they fire is told that they are over. Each fires again only after its rule has been silent about it.',
      action: 'Resolve',
      run: () => run('resolve', alerts),
    });
  return html`<div class="bulk" role="region" aria-label="Selected alerts">
    <b>${count(alerts.length, 'alert')} selected</b>
    <button type="button" class="button" disabled=${isBusy || unseen.length === 0} onClick=${() => void run('acknowledge', unseen)}>Acknowledge</button>
    <button type="button" class="button" disabled=${isBusy} onClick=${resolve}>Resolve by hand</button>
    <button type="button" class="button quiet" onClick=${onDone}>Clear</button>
  </div>`;
}
