/** Names under which the schemas of resources stand in the OpenAPI document. */
import type { z } from 'zod';
import { alert, alertRule, channel } from './contract/alerts.ts';
import { problem } from './contract/common.ts';
import { credentialProfile, credentialProfileInput, credentialTestResult } from './contract/credential-profiles.ts';
import { device, deviceInput, deviceInterface, facts } from './contract/devices.ts';
import { discoveredDevice, discoveryProfile, discoveryProfileInput, discoveryRun } from './contract/discovery.ts';
import { auditEntry, event } from './contract/events.ts';
import { metricRow, monitor, monitorInput } from './contract/monitors.ts';
import { plugin } from './contract/plugins.ts';
import { apiKey, user } from './contract/session.ts';
import { site, siteInput } from './contract/sites.ts';
import { template } from './contract/templates.ts';

export const RESOURCES: ReadonlyMap<z.core.$ZodType, string> = new Map<z.core.$ZodType, string>([
  [problem, 'Problem'],
  [user, 'User'],
  [apiKey, 'ApiKey'],
  [site, 'Site'],
  [siteInput, 'SiteInput'],
  [credentialProfile, 'CredentialProfile'],
  [credentialProfileInput, 'CredentialProfileInput'],
  [credentialTestResult, 'CredentialTestResult'],
  [facts, 'Facts'],
  [device, 'Device'],
  [deviceInput, 'DeviceInput'],
  [deviceInterface, 'DeviceInterface'],
  [monitor, 'Monitor'],
  [monitorInput, 'MonitorInput'],
  [metricRow, 'MetricRow'],
  [plugin, 'Plugin'],
  [template, 'Template'],
  [discoveryProfile, 'DiscoveryProfile'],
  [discoveryProfileInput, 'DiscoveryProfileInput'],
  [discoveryRun, 'DiscoveryRun'],
  [discoveredDevice, 'DiscoveredDevice'],
  [alertRule, 'AlertRule'],
  [alert, 'Alert'],
  [channel, 'Channel'],
  [event, 'Event'],
  [auditEntry, 'AuditEntry'],
]);
