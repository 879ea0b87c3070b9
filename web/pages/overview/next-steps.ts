/** What to do next on a new installation; it goes away by itself when all is done, or when it is dismissed. */
import type { Channel, CredentialProfile } from '../../../src/api/contract.ts';
import { Icon, type IconName } from '../../components/icon.ts';
import { Panel } from '../../components/page.ts';
import { useList } from '../../data/resource.ts';
import { has, may, type Role } from '../../data/session.ts';
import { html, useState, type VNode } from '../../html.ts';

const KEY = 'telltale.next-steps';

interface Step {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly address: string;
  readonly needs?: string;
  readonly role?: Role;
  readonly isDone: boolean;
}

export function NextSteps({ deviceCount }: { readonly deviceCount: number }): VNode | null {
  const [isDismissed, setDismissed] = useState(localStorage.getItem(KEY) === 'dismissed');
  const isShown = !isDismissed && may('operator');
  const channels = useList<Channel>(isShown && has('/channels') ? '/channels' : undefined);
  const profiles = useList<CredentialProfile>(isShown ? '/credential-profiles' : undefined);
  if (!isShown || !profiles.data || (has('/channels') && !channels.data)) return null;
  const all: readonly Step[] = [
    {
      icon: 'credentials',
      title: 'Say how devices are asked',
      text: 'An SNMP community or user, stored encrypted.',
      address: '/credentials',
      role: 'admin',
      isDone: profiles.data.length > 0,
    },
    {
      icon: 'discovery',
      title: 'Scan a network',
      text: 'See everything that answers, import what you want.',
      address: '/discovery',
      needs: '/discovery-profiles',
      isDone: deviceCount > 1,
    },
    {
      icon: 'devices',
      title: 'Add a device',
      text: 'By its address, tested there and then.',
      address: '/devices/add',
      isDone: deviceCount > 1,
    },
    {
      icon: 'channels',
      title: 'Say who is told',
      text: 'E-mail or webhook, when an alert fires.',
      address: '/channels',
      needs: '/channels',
      role: 'admin',
      isDone: (channels.data?.length ?? 0) > 0,
    },
  ];
  const steps = all.filter((step) => (!step.needs || has(step.needs)) && (!step.role || may(step.role)));
  if (steps.every((step) => step.isDone)) return null;
  const dismiss = () => {
    localStorage.setItem(KEY, 'dismissed');
    setDismissed(true);
  };
  return html`<${Panel}
    title="What to do next"
    actions=${html`<button type="button" class="icon-button" aria-label="Dismiss what to do next" onClick=${dismiss}><${Icon} name="close" size=${14} /></button>`}
  >
    <ul class="next-steps">
      ${steps.map(
        (step) => html`<li key=${step.address}>
          <a class=${step.isDone ? 'next-step is-done' : 'next-step'} href=${step.address}>
            <${Icon} name=${step.isDone ? 'check' : step.icon} size=${20} />
            <span><b>${step.title}</b><span class="soft">${step.isDone ? 'Done.' : step.text}</span></span>
          </a>
        </li>`,
      )}
    </ul>
  <//>`;
}
