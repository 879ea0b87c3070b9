/** Short messages at the edge of the screen; what was just done may offer to be undone. */
import { messageOf } from '../api.ts';
import { html, useEffect, useState, type VNode } from '../html.ts';
import { Icon } from './icon.ts';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: 'done' | 'failed';
  readonly undo?: () => void;
}

const SHOWN_MS = 6000;
const FAILURE_SHOWN_MS = 12_000;
let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<(toasts: readonly Toast[]) => void>();

function publish(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of [...listeners]) listener(toasts);
}

function show(toast: Omit<Toast, 'id'>): void {
  const id = nextId++;
  publish([...toasts.slice(-3), { ...toast, id }]);
  window.setTimeout(() => dismiss(id), toast.kind === 'failed' ? FAILURE_SHOWN_MS : SHOWN_MS);
}

function dismiss(id: number): void {
  publish(toasts.filter((toast) => toast.id !== id));
}

/** Says that something was done. */
export function tell(text: string, undo?: () => void): void {
  show({ text, kind: 'done', ...(undo ? { undo } : {}) });
}

/** Says what went wrong, in the words of the error. */
export function tellFailure(error: unknown): void {
  show({ text: messageOf(error), kind: 'failed' });
}

/** Runs what a click started; its failure is told. Resolves to whether it went well. */
export async function attempt(action: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await action();
    if (done) tell(done);
    return true;
  } catch (error) {
    tellFailure(error);
    return false;
  }
}

export function Toasts(): VNode {
  const [shown, setShown] = useState(toasts);
  useEffect(() => {
    listeners.add(setShown);
    return () => void listeners.delete(setShown);
  }, []);
  return html`<div class="toasts" role="status" aria-live="polite">
    ${shown.map(
      (toast) => html`<div class=${`toast is-${toast.kind}`} key=${toast.id}>
        <${Icon} name=${toast.kind === 'done' ? 'check' : 'alerts'} />
        <p class="grow">${toast.text}</p>
        ${
          toast.undo &&
          html`<button
            type="button"
            class="button small"
            onClick=${() => {
              toast.undo?.();
              dismiss(toast.id);
            }}
          >
            Undo
          </button>`
        }
        <button type="button" class="icon-button" aria-label="Dismiss" onClick=${() => dismiss(toast.id)}>
          <${Icon} name="close" size=${14} />
        </button>
      </div>`,
    )}
  </div>`;
}
