/** Finds a device or a page by a few letters, from anywhere. */
import type { Device, Page } from '../../src/api/contract.ts';
import { withQuery } from '../api.ts';
import { useResource } from '../data/resource.ts';
import { matchesText } from '../format/device-text.ts';
import { html, useEffect, useId, useRef, useState, type VNode } from '../html.ts';
import { navigate } from '../router.ts';
import { Dialog } from './dialog.ts';
import { Icon } from './icon.ts';
import { shownGroups } from './nav.ts';
import { Mark } from './status.ts';

const DEVICES_MAX = 12;
const PAUSE_MS = 150;

interface Hit {
  readonly address: string;
  readonly title: string;
  readonly note: string;
  readonly mark: VNode;
}

export function Finder({ onClose }: { readonly onClose: () => void }): VNode {
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  useEffect(() => {
    const timer = window.setTimeout(() => setAsked(text.trim()), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [text]);
  const devices = useResource<Page<Device>>(withQuery('/devices', { q: asked, limit: DEVICES_MAX }));
  // Until the answer is there, the one to fewer letters stays; what does not fit any more is no hit.
  const known = useRef<readonly Device[]>([]);
  known.current = devices.data?.data ?? known.current;
  const fitting = known.current.filter((device) => matchesText(device, text));
  const hits = [...pageHits(text), ...fitting.map(deviceHit)];
  const index = Math.min(chosen, hits.length - 1);

  const open = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    navigate(hit.address);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setChosen(Math.min(index + 1, hits.length - 1));
    else if (event.key === 'ArrowUp') setChosen(Math.max(index - 1, 0));
    else if (event.key === 'Enter') open(hits[index]);
    else return;
    event.preventDefault();
  };
  return html`<${Dialog} title="Find" onClose=${onClose}>
    <input
      class="input"
      type="search"
      role="combobox"
      aria-expanded="true"
      aria-controls=${listId}
      aria-activedescendant=${hits.length > 0 ? `${listId}-${index}` : undefined}
      aria-label="Device or page"
      placeholder="Name, address, vendor, model, serial number, page"
      autofocus
      value=${text}
      onInput=${(event: InputEvent) => {
        setText((event.target as HTMLInputElement).value);
        setChosen(0);
      }}
      onKeyDown=${onKeyDown}
    />
    <ul class="finder" id=${listId} role="listbox" aria-label="Results">
      ${hits.map(
        (hit, at) => html`<li
          key=${hit.address}
          id=${`${listId}-${at}`}
          role="option"
          aria-selected=${at === index}
          onMouseMove=${() => setChosen(at)}
          onClick=${() => open(hit)}
        >
          ${hit.mark}<span class="clip">${hit.title}</span><span class="muted clip">${hit.note}</span>
        </li>`,
      )}
    </ul>
    ${hits.length === 0 && !devices.isLoading && html`<p class="muted">Nothing is called so.</p>`}
  <//>`;
}

function pageHits(text: string): Hit[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  return shownGroups()
    .flatMap((group) => group.entries)
    .filter((entry) => entry.label.toLowerCase().includes(wanted))
    .map((entry) => ({
      address: entry.address,
      title: entry.label,
      note: 'page',
      mark: html`<${Icon} name=${entry.icon} size=${14} />`,
    }));
}

function deviceHit(device: Device): Hit {
  const kind = [device.facts.vendor, device.facts.model].filter(Boolean).join(' ');
  return {
    address: `/devices/${device.id}`,
    title: device.name,
    note: [device.address, kind].filter((part) => part !== '').join(' · '),
    mark: html`<${Mark} of=${device.health} />`,
  };
}
