/** Adds a template, or changes an added one: YAML, checked before it is stored. */
import type { Template, TemplateCheck } from '../../../src/api/contract.ts';
import { api } from '../../api.ts';
import { AreaField } from '../../components/form.ts';
import { FormDialog } from '../../components/form-dialog.ts';
import { Mark } from '../../components/status.ts';
import { attempt, tell } from '../../components/toast.ts';
import { useForm } from '../../components/use-form.ts';
import { invalidate } from '../../data/resource.ts';
import { html, useState, type VNode } from '../../html.ts';

interface TemplateDialogProps {
  readonly id?: string;
  readonly yaml?: string;
  readonly onClose: () => void;
}

export function TemplateDialog({ id, yaml = '', onClose }: TemplateDialogProps): VNode {
  const [checked, setChecked] = useState<TemplateCheck | undefined>(undefined);
  const form = useForm({ yaml }, async (values) => {
    const saved = id
      ? await api.put<Template>(`/templates/${id}`, values)
      : await api.post<Template>('/templates', values);
    invalidate('/templates');
    tell(`${saved.name} is saved.`);
    onClose();
  });
  const check = () =>
    attempt(async () => setChecked(await api.post<TemplateCheck>('/templates/validate', { yaml: form.values.yaml })));
  const load = async (event: Event) => {
    const file = (event.target as HTMLInputElement).files?.[0];
    if (file) form.set('yaml', await file.text());
  };
  return html`<${FormDialog}
    title=${id ? `Edit ${id}` : 'Add template'}
    form=${form}
    action="Save"
    onClose=${onClose}
    isWide
    extra=${html`<button type="button" class="button" onClick=${() => void check()}>Check</button>`}
  >
    <label class="line"><span>From a file</span><input type="file" accept=".yaml,.yml" onChange=${(event: Event) => void load(event)} /></label>
    <${AreaField}
      label="YAML"
      isMono
      rows=${18}
      value=${form.values.yaml}
      onInput=${(value: string) => {
        setChecked(undefined);
        form.set('yaml', value);
      }}
    />
    ${checked && html`<${CheckAnswer} check=${checked} />`}
  <//>`;
}

function CheckAnswer({ check }: { readonly check: TemplateCheck }): VNode {
  const mark = check.valid ? 'healthy' : 'critical';
  return html`<div class=${`answer is-${mark}`} role="status">
    <${Mark} of=${mark} size=${18} />
    ${
      check.valid
        ? html`<p>It is valid.</p>`
        : html`<ul class="stack-s">${check.errors.map((error) => html`<li key=${error.path + error.message}><code>${error.path}</code> ${error.message}</li>`)}</ul>`
    }
  </div>`;
}
