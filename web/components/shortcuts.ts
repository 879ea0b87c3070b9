/** Keys that work on every page: `/` filters, `g` and a letter goes somewhere, `n` adds a device, `?` shows them all. */

import { may } from '../data/session.ts';
import { html, useEffect, useState, type VNode } from '../html.ts';
import { navigate } from '../router.ts';
import { Dialog } from './dialog.ts';
import { shownGroups } from './nav.ts';

const SECOND_KEY_MS = 1500;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** `openFinder` opens the search over everything. */
export function Shortcuts({ openFinder }: { readonly openFinder: () => void }): VNode | null {
  const [isHelpOpen, setHelpOpen] = useState(false);
  useEffect(() => {
    let goUntilMs = 0;
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key === 'k') {
        event.preventDefault();
        openFinder();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
      if (isTyping(event.target)) {
        if (event.key === 'Escape') (event.target as HTMLElement).blur();
        return;
      }
      if (performance.now() < goUntilMs) {
        goUntilMs = 0;
        const entry = shownGroups()
          .flatMap((group) => group.entries)
          .find((each) => each.key === event.key);
        if (entry) {
          event.preventDefault();
          navigate(entry.address);
        }
        return;
      }
      if (event.key === 'g') goUntilMs = performance.now() + SECOND_KEY_MS;
      else if (event.key === '?') setHelpOpen(true);
      else if (event.key === 'n' && may('operator')) navigate('/devices/add');
      else if (event.key === '/') {
        const box = document.querySelector<HTMLInputElement>('[data-search]');
        if (box) box.focus();
        else openFinder();
      } else if (event.key === 'ArrowDown' && document.activeElement === document.body) {
        document.querySelector<HTMLElement>('tbody.can-open tr[tabindex="0"]')?.focus();
      } else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [openFinder]);
  return isHelpOpen ? html`<${ShortcutHelp} onClose=${() => setHelpOpen(false)} />` : null;
}

function ShortcutHelp({ onClose }: { readonly onClose: () => void }): VNode {
  const general: readonly (readonly [string, string])[] = [
    ['/', 'Filter this page'],
    ['Ctrl K', 'Find a device or a page'],
    ...(may('operator') ? ([['n', 'Add a device']] as const) : []),
    ['↑ ↓', 'Walk through rows'],
    ['Enter', 'Open the row'],
    ['Space', 'Select the row'],
    ['Esc', 'Close, or leave the field'],
    ['?', 'This list'],
  ];
  return html`<${Dialog} title="Keys" onClose=${onClose} isWide>
    <div class="key-columns">
      <dl class="keys">
        ${general.map(([keys, what]) => html`<div key=${keys}><dt>${what}</dt><dd>${keys.split(' ').map((key) => html`<kbd key=${key}>${key}</kbd> `)}</dd></div>`)}
      </dl>
      <dl class="keys">
        ${shownGroups()
          .flatMap((group) => group.entries)
          .map(
            (entry) =>
              html`<div key=${entry.address}><dt>${entry.label}</dt><dd><kbd>g</kbd> <kbd>${entry.key}</kbd></dd></div>`,
          )}
      </dl>
    </div>
  <//>`;
}
