/** Tabs, walked with the arrow keys. */
import { html, type VNode } from '../html.ts';

export interface Tab {
  readonly name: string;
  readonly label: string;
}

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly current: string;
  readonly onChange: (name: string) => void;
}

export function Tabs({ label, tabs, current, onChange }: TabsProps): VNode {
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const index = tabs.findIndex((tab) => tab.name === current);
    const next = tabs[(index + step + tabs.length) % tabs.length]!;
    onChange(next.name);
    const buttons = (event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[role=tab]');
    buttons[tabs.indexOf(next)]?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${label} onKeyDown=${onKeyDown}>
    ${tabs.map(
      (tab) => html`<button
        type="button"
        role="tab"
        key=${tab.name}
        aria-selected=${tab.name === current}
        tabindex=${tab.name === current ? 0 : -1}
        onClick=${() => onChange(tab.name)}
      >
        ${tab.label}
      </button>`,
    )}
  </div>`;
}
