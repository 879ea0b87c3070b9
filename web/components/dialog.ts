/** Dialogs on the browser's own <dialog>: it traps the focus, gives it back, and closes on Escape. */
import { messageOf } from '../api.ts';
import { type ComponentChildren, html, render, useId, useLayoutEffect, useRef, useState, type VNode } from '../html.ts';
import { Icon } from './icon.ts';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
  readonly isWide?: boolean;
  /** Holds what would be lost: a click beside it does not close it. */
  readonly isSticky?: boolean;
}

export function Dialog({ title, onClose, children, isWide = false, isSticky = false }: DialogProps): VNode {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Before the next paint, so that no key goes astray.
  useLayoutEffect(() => {
    element.current?.showModal();
  }, []);
  return html`<dialog
    ref=${element}
    class=${isWide ? 'dialog is-wide' : 'dialog'}
    aria-labelledby=${titleId}
    onCancel=${(event: Event) => {
      event.preventDefault();
      onClose();
    }}
    onMouseDown=${(event: MouseEvent) => {
      if (event.target === element.current && !isSticky) onClose();
    }}
  >
    <div class="dialog-body">
      <header class="line between">
        <h2 id=${titleId}>${title}</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick=${onClose}>
          <${Icon} name="close" />
        </button>
      </header>
      ${children}
    </div>
  </dialog>`;
}

interface ConfirmOptions {
  readonly title: string;
  readonly text: string;
  /** Word of the button, e.g. `Delete device`. */
  readonly action: string;
  /** Runs while the dialog waits; its failure is told there and the dialog stays. */
  readonly run: () => Promise<unknown>;
}

/** Asks before something that cannot be undone. */
export function confirm(options: ConfirmOptions): void {
  const host = document.createElement('div');
  document.body.append(host);
  const close = () => {
    render(null as unknown as VNode, host);
    host.remove();
  };
  render(html`<${Confirm} ...${options} onClose=${close} />`, host);
}

function Confirm({ title, text, action, run, onClose }: ConfirmOptions & { readonly onClose: () => void }): VNode {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const go = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await run();
      onClose();
    } catch (error) {
      setProblem(messageOf(error));
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <p class="soft">${text}</p>
    ${problem && html`<p class="form-problem" role="alert">${problem}</p>`}
    <footer class="dialog-foot">
      <button type="button" class="button" onClick=${onClose} autofocus>Cancel</button>
      <button type="button" class="button danger" disabled=${isBusy} onClick=${() => void go()}>${action}</button>
    </footer>
  <//>`;
}
