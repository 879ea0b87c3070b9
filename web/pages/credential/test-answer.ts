/** What a device answered to a test of credentials: what it is, or what to change. */
import type { CredentialTestResult } from '../../../src/api/contract.ts';
import { Mark } from '../../components/status.ts';
import { formatValue } from '../../format/units.ts';
import { html, type VNode } from '../../html.ts';

/** Facts that tell a person that it is the right device, in this order. */
const SHOWN = ['name', 'vendor', 'model', 'serial', 'os', 'version', 'location', 'sys_descr'];

export function TestAnswer({ result }: { readonly result: CredentialTestResult }): VNode {
  const facts = SHOWN.flatMap((key) => {
    const value = result.facts?.[key];
    return value ? [[key === 'sys_descr' ? 'describes itself' : key, value] as const] : [];
  });
  return html`<div class=${`answer is-${result.ok ? 'healthy' : 'critical'}`} role="status">
    <${Mark} of=${result.ok ? 'healthy' : 'critical'} size=${20} />
    <div class="grow stack-s">
      <p><b>${result.message}</b></p>
      ${
        facts.length > 0 &&
        html`<dl class="facts">
          ${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd class="break">${value}</dd></div>`)}
        </dl>`
      }
      <p class="muted">
        ${result.template && html`Recognised as <b>${result.template}</b> · `}${result.ok ? 'answered in' : 'tried for'} ${formatValue(result.duration_ms, 'milliseconds')}
      </p>
    </div>
  </div>`;
}
