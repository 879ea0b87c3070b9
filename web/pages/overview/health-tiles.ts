/** How many devices are in which health; every tile leads to them. */
import type { DeviceSummary } from '../../../src/api/contract.ts';
import { HEALTH_ORDER, HEALTH_WORDS, Mark } from '../../components/status.ts';
import { html, type VNode } from '../../html.ts';

export function HealthTiles({ summary }: { readonly summary: DeviceSummary }): VNode {
  const counts = HEALTH_ORDER.map((health) => ({ health, amount: summary.by_health[health] ?? 0 }));
  return html`<section aria-label="Devices by health">
    <ul class="tiles">
      ${counts.map(
        ({ health, amount }) => html`<li key=${health}>
          <a class=${`tile is-${health} ${amount === 0 ? 'is-none' : ''}`} href=${`/devices?health=${health}`}>
            <${Mark} of=${health} size=${26} /><b>${amount}</b><span>${HEALTH_WORDS[health]}</span>
          </a>
        </li>`,
      )}
    </ul>
    ${
      summary.total > 0 &&
      html`<div class="fleet-bar" aria-hidden="true">
        ${counts.map(({ health, amount }) => amount > 0 && html`<i key=${health} class=${`is-${health}`} style=${{ flexGrow: amount }}></i>`)}
      </div>`
    }
  </section>`;
}
