/** The frame around every page: navigation at the side, search, live state, colours and the person at the top. */
import { useSession } from '../data/session.ts';
import { type ComponentChildren, html, useCallback, useEffect, useState, type VNode } from '../html.ts';
import { useLiveState } from '../live.ts';
import { useAddress } from '../router.ts';
import { AccountMenu } from './account-menu.ts';
import { AlertCount } from './alert-count.ts';
import { Finder } from './finder.ts';
import { Icon, Logo } from './icon.ts';
import { isCurrent, shownGroups } from './nav.ts';
import { Shortcuts } from './shortcuts.ts';
import { ThemeSwitch } from './theme-switch.ts';

export function Shell({ children }: { readonly children: ComponentChildren }): VNode {
  const { path } = useAddress();
  const [isNavOpen, setNavOpen] = useState(false);
  const [isFinderOpen, setFinderOpen] = useState(false);
  const openFinder = useCallback(() => setFinderOpen(true), []);
  useEffect(() => setNavOpen(false), [path]);

  return html`<div class=${isNavOpen ? 'shell is-nav-open' : 'shell'}>
    <a class="skip" href="#main" onClick=${skipToMain}>Skip to content</a>
    <aside class="side" id="navigation">
      <a class="brand" href="/"><${Logo} />Telltale</a>
      <${Navigation} path=${path} />
      <${Version} />
    </aside>
    <button type="button" class="side-veil" aria-label="Close navigation" tabindex="-1" onClick=${() => setNavOpen(false)}></button>
    <header class="top">
      <button
        type="button"
        class="icon-button menu-button"
        aria-label="Navigation"
        aria-expanded=${isNavOpen}
        aria-controls="navigation"
        onClick=${() => setNavOpen(!isNavOpen)}
      >
        <${Icon} name="menu" />
      </button>
      <button type="button" class="find-button" onClick=${openFinder}>
        <${Icon} name="search" size=${14} /><span>Find device or page</span><kbd>Ctrl K</kbd>
      </button>
      <div class="grow"></div>
      <${LiveLamp} />
      <${AlertCount} />
      <${ThemeSwitch} />
      <${AccountMenu} />
    </header>
    <main class="main" id="main" tabindex="-1">${children}</main>
    ${isFinderOpen && html`<${Finder} onClose=${() => setFinderOpen(false)} />`}
    <${Shortcuts} openFinder=${openFinder} />
  </div>`;
}

function skipToMain(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function Navigation({ path }: { readonly path: string }): VNode {
  return html`<nav class="nav" aria-label="Pages">
    ${shownGroups().map(
      (group) => html`<div key=${group.label}>
        <h2>${group.label}</h2>
        <ul>
          ${group.entries.map(
            (entry) => html`<li key=${entry.address}>
              <a href=${entry.address} aria-current=${isCurrent(entry, path) ? 'page' : undefined}>
                <${Icon} name=${entry.icon} /><span>${entry.label}</span>
              </a>
            </li>`,
          )}
        </ul>
      </div>`,
    )}
  </nav>`;
}

function Version(): VNode | null {
  const session = useSession();
  return session
    ? html`<p class="side-foot muted">Version ${session.version} · <a href="/api/docs" target="_blank">API</a></p>`
    : null;
}

const LIVE_WORDS = { open: 'Live', connecting: 'Connecting', lost: 'Not live: reconnecting' } as const;

/** Whether what is on the screen follows the plant. */
function LiveLamp(): VNode {
  const state = useLiveState();
  return html`<span class=${`live is-${state}`} role="status"><i></i><span>${LIVE_WORDS[state]}</span></span>`;
}
