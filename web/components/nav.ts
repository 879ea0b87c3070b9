/** What the navigation holds. An entry is shown when the server has its resource and the role may see it. */
import { has, may, type Role } from '../data/session.ts';
import type { IconName } from './icon.ts';

export interface NavEntry {
  readonly label: string;
  readonly address: string;
  readonly icon: IconName;
  /** Resource of the API that it needs. */
  readonly needs?: string;
  readonly role?: Role;
  /** Second key after `g`. */
  readonly key?: string;
}

export interface NavGroup {
  readonly label: string;
  readonly entries: readonly NavEntry[];
}

const GROUPS: readonly NavGroup[] = [
  {
    label: 'Operate',
    entries: [
      { label: 'Overview', address: '/', icon: 'overview', key: 'o' },
      { label: 'Devices', address: '/devices', icon: 'devices', needs: '/devices', key: 'd' },
      { label: 'Alerts', address: '/alerts', icon: 'alerts', needs: '/alerts', key: 'a' },
      { label: 'Explore', address: '/explore', icon: 'explore', key: 'e' },
      { label: 'Events', address: '/events', icon: 'clock', needs: '/events', key: 'v' },
      { label: 'Wall', address: '/wall', icon: 'wall', needs: '/devices', key: 'w' },
    ],
  },
  {
    label: 'Set up',
    entries: [
      { label: 'Discovery', address: '/discovery', icon: 'discovery', needs: '/discovery-profiles', key: 'i' },
      { label: 'Monitors', address: '/monitors', icon: 'monitors', needs: '/monitors', key: 'm' },
      { label: 'Alert rules', address: '/alert-rules', icon: 'rules', needs: '/alert-rules', key: 'r' },
      { label: 'Channels', address: '/channels', icon: 'channels', needs: '/channels', role: 'operator', key: 'c' },
      { label: 'Sites', address: '/sites', icon: 'sites', needs: '/sites', key: 's' },
      {
        label: 'Credentials',
        address: '/credentials',
        icon: 'credentials',
        needs: '/credential-profiles',
        role: 'operator',
        key: 'p',
      },
      {
        label: 'Interface rules',
        address: '/interface-rules',
        icon: 'interfaces',
        needs: '/interface-rules',
        key: 'f',
      },
      { label: 'Templates', address: '/templates', icon: 'templates', needs: '/templates', key: 't' },
      { label: 'Plugins', address: '/plugins', icon: 'plugins', needs: '/plugins', key: 'x' },
    ],
  },
  {
    label: 'Administer',
    entries: [
      { label: 'Users', address: '/users', icon: 'users', needs: '/users', role: 'admin', key: 'u' },
      { label: 'API keys', address: '/api-keys', icon: 'keys', needs: '/api-keys', role: 'admin', key: 'k' },
      { label: 'Audit', address: '/audit', icon: 'audit', needs: '/audit', role: 'admin', key: 'l' },
      { label: 'Settings', address: '/settings', icon: 'settings', needs: '/settings', key: ',' },
    ],
  },
];

/** The groups that this person on this server can use. */
export function shownGroups(): readonly NavGroup[] {
  return GROUPS.map((group) => ({
    label: group.label,
    entries: group.entries.filter((entry) => (!entry.needs || has(entry.needs)) && (!entry.role || may(entry.role))),
  })).filter((group) => group.entries.length > 0);
}

/** Whether an entry stands for the page at a path. */
export function isCurrent(entry: NavEntry, path: string): boolean {
  return entry.address === '/' ? path === '/' : path === entry.address || path.startsWith(`${entry.address}/`);
}
