/** Where the programs of plugins are put, and what lies there. */
import type { PluginPrograms } from '../../../src/api/contract.ts';
import { html, type VNode } from '../../html.ts';

export function ProgramPlace({ programs }: { readonly programs: PluginPrograms }): VNode {
  const { folder, data } = programs;
  const bad = data.filter(({ usable }) => !usable);
  return html`<div class="stack-s">
    <p class="soft">
      Whoever runs the machine puts the program into <code class="break">${folder}</code> and makes it executable
      (<code>chmod 755</code>). Only what lies there is run: no paths, no links that lead elsewhere.
      ${data.length === 0 ? ' Nothing lies there yet.' : ''}
    </p>
    ${
      bad.length > 0 &&
      html`<ul class="stack-s soft">
        ${bad.map(({ file, problem }) => html`<li key=${file} class="break">${problem}</li>`)}
      </ul>`
    }
  </div>`;
}
