/** How Telltale itself is: its checks in words. */
import type { HealthAnswer } from '../../../src/api/contract.ts';
import { Failure, Loading, Panel } from '../../components/page.ts';
import { CheckMark } from '../../components/status.ts';
import { useResource } from '../../data/resource.ts';
import { html, type VNode } from '../../html.ts';
import { kindText } from '../event-text.ts';

const REFRESH_MS = 30_000;

export function SelfHealth(): VNode {
  const health = useResource<HealthAnswer>('/health', REFRESH_MS);
  return html`<${Panel} title="Telltale itself" actions=${health.data && html`<${CheckMark} status=${health.data.status} />`}>
    ${health.error && !health.data && html`<${Failure} error=${health.error} onRetry=${health.reload} />`}
    ${health.isLoading && html`<${Loading} lines=${3} />`}
    ${
      health.data &&
      html`<dl class="checks">
        ${Object.entries(health.data.checks).map(
          ([name, check]) => html`<div key=${name}>
            <dt>${kindText(name)}</dt>
            <dd class="break">${check.message}</dd>
            <dd><${CheckMark} status=${check.status} /></dd>
          </div>`,
        )}
      </dl>`
    }
  <//>`;
}
