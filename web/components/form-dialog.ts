/** A form in a dialog: fields, the server's complaint, cancel and save. */
import { type ComponentChildren, html, type VNode } from '../html.ts';
import { Dialog } from './dialog.ts';
import type { FormState } from './use-form.ts';

interface FormDialogProps<T> {
  readonly title: string;
  readonly form: FormState<T>;
  readonly action: string;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
  /** Buttons at the left of the foot. */
  readonly extra?: ComponentChildren;
  readonly isWide?: boolean;
}

export function FormDialog<T>(props: FormDialogProps<T>): VNode {
  const { title, form, action, onClose, children, extra, isWide = false } = props;
  return html`<${Dialog} title=${title} onClose=${onClose} isWide=${isWide} isSticky>
    <form class="stack" onSubmit=${form.submit} novalidate>
      ${children}
      <${FormProblem} text=${form.problem} />
      <footer class="dialog-foot">
        <div class="grow line">${extra}</div>
        <button type="button" class="button" onClick=${onClose}>Cancel</button>
        <button type="submit" class="button primary" disabled=${form.isBusy}>${form.isBusy ? 'Saving …' : action}</button>
      </footer>
    </form>
  <//>`;
}

export function FormProblem({ text }: { readonly text: string | undefined }): VNode | null {
  return text ? html`<p class="form-problem" role="alert">${text}</p>` : null;
}
