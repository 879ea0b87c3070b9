/** An address where nothing is. */
import { Empty, PageHead } from '../components/page.ts';
import { html, type VNode } from '../html.ts';

export function NotFound(): VNode {
  return html`<${PageHead} title="Not found" />
    <${Empty} icon="search" title="There is no such page" text="It may have been removed, or the address is mistyped.">
      <a class="button primary" href="/">Go to the overview</a>
      <a class="button" href="/devices">Devices</a>
    <//>`;
}
