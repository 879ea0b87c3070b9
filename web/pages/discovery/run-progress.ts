/** A scan under way: how far, how many answered, and a button to stop it. */
import type { DiscoveryRun } from '../../../src/api/contract.ts';
import { api } from '../../api.ts';
import { Icon } from '../../components/icon.ts';
import { Progress } from '../../components/page.ts';
import { attempt } from '../../components/toast.ts';
import { invalidate, useResource } from '../../data/resource.ts';
import { html, useEffect, useState, type VNode } from '../../html.ts';
import { useLive } from '../../live.ts';

const REFRESH_MS = 2000;

export function RunProgress({ run }: { readonly run: DiscoveryRun }): VNode {
  const answer = useResource<DiscoveryRun>(`/discovery-runs/${run.id}`, REFRESH_MS);
  const [heard, setHeard] = useState(run);
  useLive<DiscoveryRun>('discovery_progress', (message) => {
    if (message.id === run.id) setHeard(message);
  });
  const asked = answer.data ?? run;
  const shown = heard.scanned > asked.scanned || heard.state !== 'running' ? heard : asked;
  useEffect(() => {
    if (shown.state !== 'running')
      invalidate('/discovery-runs?', '/discovery-profiles', '/discovered-devices', '/devices');
  }, [shown.state]);
  return html`<div class="run" role="status">
    <b>${shown.profile}</b>
    <${Progress} label=${`Scan of ${shown.profile}`} value=${shown.scanned} max=${Math.max(shown.total, 1)} />
    <span class="nowrap">${shown.scanned} of ${shown.total} asked, <b>${shown.found}</b> found</span>
    <a class="button small" href=${`/discovery/results?run=${run.id}`}>Results</a>
    <button type="button" class="button small" onClick=${() => void attempt(() => api.post(`/discovery-runs/${run.id}/cancel`), 'The scan is stopped.')}>
      <${Icon} name="stop" size=${12} />Stop
    </button>
  </div>`;
}
