/** What one poll brought, there and then. */
import type { PollResult } from '../../../src/api/contract.ts';
import { Dialog } from '../../components/dialog.ts';
import { Mark } from '../../components/status.ts';
import { count, formatValue, unitOf } from '../../format/units.ts';
import { html, type VNode } from '../../html.ts';

export function PollDialog({ result, onClose }: { readonly result: PollResult; readonly onClose: () => void }): VNode {
  const mark = result.ok ? 'healthy' : 'critical';
  const text =
    result.error?.message ??
    `${count(result.metrics.length, 'row')} in ${formatValue(result.duration_ms, 'milliseconds')}`;
  return html`<${Dialog} title="Polled now" onClose=${onClose} isWide>
    <div class=${`answer is-${mark}`} role="status"><${Mark} of=${mark} size=${20} /><p><b>${text}</b></p></div>
    <div class="scroll" tabindex="0" role="region" aria-label="Values">
      <table class="table is-plain">
        <thead><tr><th scope="col">Row group</th><th scope="col">Values</th></tr></thead>
        <tbody>
          ${result.metrics.map(
            (row, index) => html`<tr key=${index}>
              <td class="nowrap"><b>${row.measurement}</b><br /><span class="muted">${tagText(row.tags)}</span></td>
              <td>
                <span class="line">
                  ${Object.entries(row.fields).map(([field, value]) => html`<span class="pair" key=${field}><span class="muted">${field}</span> ${formatValue(value, unitOf(`${row.measurement}_${field}`))}</span>`)}
                </span>
              </td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <footer class="dialog-foot"><button type="button" class="button primary" autofocus onClick=${onClose}>Close</button></footer>
  <//>`;
}

function tagText(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .filter(([name]) => name !== 'device_id' && name !== 'monitor_id')
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
