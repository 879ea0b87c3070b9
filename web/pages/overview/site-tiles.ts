/** The sites: the worst health of each, how many devices, and how many of them are in trouble. */
import type { Device, DeviceSummary } from '../../../src/api/contract.ts';
import { Panel } from '../../components/page.ts';
import { HEALTH_ORDER, HEALTH_WORDS, Mark } from '../../components/status.ts';
import { count } from '../../format/units.ts';
import { html, type VNode } from '../../html.ts';

interface SiteTilesProps {
  readonly sites: DeviceSummary['by_site'];
  readonly devices: readonly Device[];
}

export function SiteTiles({ sites, devices }: SiteTilesProps): VNode | null {
  if (sites.length === 0) return null;
  const sorted = [...sites].sort(
    (a, b) => HEALTH_ORDER.indexOf(a.worst) - HEALTH_ORDER.indexOf(b.worst) || a.site.localeCompare(b.site),
  );
  return html`<${Panel} title="Sites">
    <ul class="site-tiles">
      ${sorted.map((site) => {
        const here = devices.filter((device) => device.site_id === site.site_id);
        const parts = HEALTH_ORDER.map(
          (health) => [health, here.filter((device) => device.health === health).length] as const,
        );
        return html`<li key=${site.site_id}>
          <a class="site-tile" href=${`/devices?site=${encodeURIComponent(site.site)}`}>
            <span class="line between"><b class="clip">${site.site}</b><${Mark} of=${site.worst} size=${16} /></span>
            <span class="soft">${count(site.total, 'device')} · ${site.worst === 'healthy' ? 'all healthy' : `worst: ${HEALTH_WORDS[site.worst].toLowerCase()}`}</span>
            <span class="fleet-bar" aria-hidden="true">
              ${parts.map(([health, amount]) => amount > 0 && html`<i key=${health} class=${`is-${health}`} style=${{ flexGrow: amount }}></i>`)}
            </span>
          </a>
        </li>`;
      })}
    </ul>
  <//>`;
}
