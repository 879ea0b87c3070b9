/** One template: its text, and the devices that use it. */
import type { TemplateText } from '../../src/api/contract.ts';
import { api } from '../api.ts';
import { confirm } from '../components/dialog.ts';
import { Icon } from '../components/icon.ts';
import { Failure, Loading, PageHead, Panel } from '../components/page.ts';
import { tell } from '../components/toast.ts';
import { invalidate, useResource } from '../data/resource.ts';
import { may } from '../data/session.ts';
import { download } from '../format/csv.ts';
import { count } from '../format/units.ts';
import { html, useState, type VNode } from '../html.ts';
import { navigate } from '../router.ts';
import { TemplateDialog } from './template/template-dialog.ts';

export function TemplatePage({ vendor, family }: { readonly vendor: string; readonly family?: string }): VNode {
  // Most IDs are `vendor/family`; those of families that all vendors share have one part.
  const wanted = [vendor, family].filter((part) => part !== undefined);
  const path = `/templates/${wanted.map(encodeURIComponent).join('/')}`;
  const template = useResource<TemplateText>(path);
  const [isEditing, setEditing] = useState(false);
  const trail = [['Templates', '/templates']];
  if (template.error)
    return html`<${PageHead} title=${wanted.join('/')} trail=${trail} /><${Failure} error=${template.error} onRetry=${template.reload} />`;
  if (!template.data) return html`<${Loading} lines=${10} />`;
  const { id, name, origin, device_count, yaml } = template.data;
  const isOurs = origin === 'added' && may('operator');
  const remove = () =>
    confirm({
      title: `Delete ${name}?`,
      text: 'Its devices are recognised anew with what remains.',
      action: 'Delete template',
      run: async () => {
        await api.delete(path);
        invalidate('/templates', '/devices');
        tell(`${name} is deleted.`);
        navigate('/templates');
      },
    });
  return html`<${PageHead}
      title=${name}
      trail=${trail}
      note=${html`<a href=${`/devices?template=${encodeURIComponent(id)}`}>${count(device_count, 'device')}</a> · ${origin === 'built_in' ? 'built in' : 'added'}`}
    >
      <button type="button" class="button" onClick=${() => download(`${id.replace('/', '-')}.yaml`, yaml, 'application/yaml')}><${Icon} name="download" />YAML</button>
      ${isOurs && html`<button type="button" class="button" onClick=${() => setEditing(true)}><${Icon} name="edit" />Edit</button>`}
      ${isOurs && html`<button type="button" class="button danger-quiet" onClick=${remove}><${Icon} name="trash" />Delete</button>`}
    <//>
    <${Panel}><pre class="source" tabindex="0">${yaml}</pre><//>
    ${isEditing && html`<${TemplateDialog} id=${id} yaml=${yaml} onClose=${() => setEditing(false)} />`}`;
}
