/** Which page stands at which address. */
import { lazyPage } from './components/lazy-page.ts';
import type { VNode } from './html.ts';
import { AddDevice } from './pages/add-device.ts';
import { AlertRules } from './pages/alert-rules.ts';
import { Alerts } from './pages/alerts.ts';
import { ApiKeys } from './pages/api-keys.ts';
import { Audit } from './pages/audit.ts';
import { Channels } from './pages/channels.ts';
import { Credentials } from './pages/credentials.ts';
import { Devices } from './pages/devices.ts';
import { Discovery } from './pages/discovery.ts';
import { DiscoveryResults } from './pages/discovery-results.ts';
import { Events } from './pages/events.ts';
import { Monitors } from './pages/monitors.ts';
import { Overview } from './pages/overview/overview.ts';
import { SettingsPage } from './pages/settings.ts';
import { Sites } from './pages/sites.ts';
import { TemplatePage } from './pages/template-page.ts';
import { Templates } from './pages/templates.ts';
import { Users } from './pages/users.ts';
import { Wall } from './pages/wall.ts';
import type { Route } from './router.ts';

export interface PageRoute {
  /** Gets the parameters of the pattern as properties. */
  readonly page: (params: never) => VNode;
  /** Fills the screen, without the frame. */
  readonly isBare?: boolean;
}

const page = (pattern: string, shown: PageRoute['page']): Route<PageRoute> => ({ pattern, value: { page: shown } });

// Pages with charts: the chart library comes with the first of them.
const DevicePage = lazyPage(async () => (await import('./pages/device/device-page.ts')).DevicePage);
const InterfacePage = lazyPage(async () => (await import('./pages/device/interface-page.ts')).InterfacePage);
// Seldom opened.
const InterfaceRules = lazyPage(async () => (await import('./pages/interface-rules.ts')).InterfaceRulesPage);
const Plugins = lazyPage(async () => (await import('./pages/plugins.ts')).Plugins);
const PluginPage = lazyPage(async () => (await import('./pages/plugin-page.ts')).PluginPage);
const Explore = lazyPage(async () => (await import('./pages/explore.ts')).Explore);

export const ROUTES: readonly Route<PageRoute>[] = [
  page('/', Overview),
  page('/devices', Devices),
  page('/devices/add', AddDevice),
  page('/devices/:id', DevicePage),
  page('/devices/:id/interfaces/:ifname', InterfacePage),
  page('/alerts', Alerts),
  page('/explore', Explore),
  page('/events', Events),
  { pattern: '/wall', value: { page: Wall, isBare: true } },
  page('/discovery', Discovery),
  page('/discovery/results', DiscoveryResults),
  page('/monitors', Monitors),
  page('/alert-rules', AlertRules),
  page('/channels', Channels),
  page('/sites', Sites),
  page('/credentials', Credentials),
  page('/templates', Templates),
  page('/templates/:vendor', TemplatePage),
  page('/templates/:vendor/:family', TemplatePage),
  page('/interface-rules', InterfaceRules),
  page('/plugins', Plugins),
  page('/plugins/:id', PluginPage),
  page('/users', Users),
  page('/api-keys', ApiKeys),
  page('/audit', Audit),
  page('/settings', SettingsPage),
];
