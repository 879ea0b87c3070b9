/** The person at the top right: role, password, keys, log out. */
import { api } from '../api.ts';
import { closeSession, useSession } from '../data/session.ts';
import { html, useEffect, useRef, useState, type VNode } from '../html.ts';
import { Icon } from './icon.ts';
import { PasswordDialog } from './password-dialog.ts';
import { attempt } from './toast.ts';

export function AccountMenu(): VNode | null {
  const session = useSession();
  const menu = useRef<HTMLDetailsElement>(null);
  const [isPasswordOpen, setPasswordOpen] = useState(false);
  useEffect(() => {
    const close = (event: Event) => {
      const isInside = event.target instanceof Node && menu.current?.contains(event.target);
      if (menu.current && !isInside) menu.current.open = false;
    };
    document.addEventListener('click', close);
    return () => document.removeEventListener('click', close);
  }, []);
  if (!session) return null;
  const name = session.me.user?.username ?? session.me.api_key?.name ?? '';
  const logOut = () => attempt(() => api.post('/auth/logout')).then((isDone) => isDone && closeSession());
  return html`<details
    class="menu"
    ref=${menu}
    onKeyDown=${(event: KeyboardEvent) => {
      if (event.key === 'Escape' && menu.current) menu.current.open = false;
    }}
  >
    <summary class="icon-button" aria-label=${`Account of ${name}`}><${Icon} name="user" /></summary>
    <div class="menu-body">
      <p><b>${name}</b><br /><span class="muted">${session.me.role}</span></p>
      <button type="button" onClick=${() => setPasswordOpen(true)}><${Icon} name="keys" />Change password</button>
      <button type="button" onClick=${() => void logOut()}><${Icon} name="logout" />Log out</button>
    </div>
    ${isPasswordOpen && html`<${PasswordDialog} onClose=${() => setPasswordOpen(false)} />`}
  </details>`;
}
