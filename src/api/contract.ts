/**
 * The types of the public API, for its clients: the web pages take these and nothing else from the server. They are
 * inferred from the zod schemas in `contract/`, which also check requests and make the OpenAPI document. An `…Input` is
 * what is sent, the bare name what is answered.
 */
import type { z } from 'zod';
import type * as alerts from './contract/alerts.ts';
import type * as common from './contract/common.ts';
import type * as credentials from './contract/credential-profiles.ts';
import type * as devices from './contract/devices.ts';
import type * as discovery from './contract/discovery.ts';
import type * as events from './contract/events.ts';
import type * as interfaceRules from './contract/interface-rules.ts';
import type * as live from './contract/live.ts';
import type * as monitors from './contract/monitors.ts';
import type * as plugins from './contract/plugins.ts';
import type * as session from './contract/session.ts';
import type * as sites from './contract/sites.ts';
import type * as system from './contract/system.ts';
import type * as templates from './contract/templates.ts';

/** Every list: `GET …?limit=&cursor=&sort=`. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly next_cursor: string | null;
}
export type Problem = z.infer<typeof common.problem>;
export type FieldError = z.infer<typeof common.fieldError>;

export type User = z.infer<typeof session.user>;
export type UserInput = z.input<typeof session.userInput>;
export type UserPatch = z.input<typeof session.userPatch>;
export type LoginInput = z.input<typeof session.loginInput>;
export type LoginAnswer = z.infer<typeof session.loginAnswer>;
export type Me = z.infer<typeof session.me>;
export type PasswordChange = z.input<typeof session.passwordChange>;
export type SetupState = z.infer<typeof session.setupState>;
export type SetupInput = z.input<typeof session.setupInput>;
export type ApiKey = z.infer<typeof session.apiKey>;
export type ApiKeyInput = z.input<typeof session.apiKeyInput>;
export type ApiKeyPatch = z.input<typeof session.apiKeyPatch>;
export type ApiKeyCreated = z.infer<typeof session.apiKeyCreated>;

export type Site = z.infer<typeof sites.site>;
export type SiteInput = z.input<typeof sites.siteInput>;

export type CredentialProfile = z.infer<typeof credentials.credentialProfile>;
export type CredentialProfileInput = z.input<typeof credentials.credentialProfileInput>;
export type UnsavedCredentialTestInput = z.input<typeof credentials.unsavedCredentialTestInput>;
export type CredentialTestResult = z.infer<typeof credentials.credentialTestResult>;

export type Device = z.infer<typeof devices.device>;
export type DeviceInput = z.input<typeof devices.deviceInput>;
export type DevicePatch = z.input<typeof devices.devicePatch>;
export type DeviceBulkAnswer = z.infer<typeof devices.deviceBulkAnswer>;
export type DeviceBulkChange = z.input<typeof devices.deviceBulkChange>;
export type DeviceBulkPatch = z.input<typeof devices.deviceBulkPatch>;
export type DeviceBulkDelete = z.input<typeof devices.deviceBulkDelete>;
export type DeviceBulkOutcome = z.infer<typeof devices.deviceBulkOutcome>;
export type DeviceBulkPoll = z.input<typeof devices.deviceBulkPoll>;
export type DeviceBulkPollAnswer = z.infer<typeof devices.deviceBulkPollAnswer>;
export type DeviceSummary = z.infer<typeof devices.deviceSummary>;
export type DeviceInterface = z.infer<typeof devices.deviceInterface>;
export type InterfacesPatch = z.input<typeof devices.interfacesPatch>;
export type DeviceFacts = z.infer<typeof devices.deviceFacts>;

export type InterfaceRule = z.input<typeof interfaceRules.interfaceRule>;
export type InterfaceRules = z.input<typeof interfaceRules.interfaceRules>;
export type InterfaceRulesPreview = z.infer<typeof interfaceRules.interfaceRulesPreview>;

export type Monitor = z.infer<typeof monitors.monitor>;
export type MonitorInput = z.input<typeof monitors.monitorInput>;
export type MonitorPatch = z.input<typeof monitors.monitorPatch>;
export type MetricRow = z.infer<typeof monitors.metricRow>;
export type MonitorMetrics = z.infer<typeof monitors.monitorMetrics>;
export type MonitorHistory = z.infer<typeof monitors.monitorHistory>;
export type PollResult = z.infer<typeof monitors.pollResult>;

export type Plugin = z.infer<typeof plugins.plugin>;
export type PluginPrograms = z.infer<typeof plugins.pluginPrograms>;
export type PluginInput = z.input<typeof plugins.pluginInput>;

export type Template = z.infer<typeof templates.template>;
export type TemplateText = z.infer<typeof templates.templateText>;
export type TemplateCheck = z.infer<typeof templates.templateCheck>;

export type DiscoveryProfile = z.infer<typeof discovery.discoveryProfile>;
export type DiscoveryProfileInput = z.input<typeof discovery.discoveryProfileInput>;
export type DiscoveryRun = z.infer<typeof discovery.discoveryRun>;
export type DiscoveryFound = z.infer<typeof discovery.discoveryFound>;
export type DiscoveredDevice = z.infer<typeof discovery.discoveredDevice>;
export type ImportRule = z.input<typeof discovery.importRule>;
export type ImportInput = z.input<typeof discovery.importInput>;
export type ImportAnswer = z.infer<typeof discovery.importAnswer>;

export type AlertRule = z.infer<typeof alerts.alertRule>;
export type AlertRuleInput = z.input<typeof alerts.alertRuleInput>;
export type Alert = z.infer<typeof alerts.alert>;
export type AlertBulkAction = z.input<typeof alerts.alertBulkAction>;
export type AlertBulkOutcome = z.infer<typeof alerts.alertBulkOutcome>;
export type AlertComment = z.infer<typeof alerts.alertComment>;
export type Channel = z.infer<typeof alerts.channel>;
export type ChannelInput = z.input<typeof alerts.channelInput>;
export type ChannelTestResult = z.infer<typeof alerts.channelTestResult>;

export type Event = z.infer<typeof events.event>;
export type AuditEntry = z.infer<typeof events.auditEntry>;

export type HealthAnswer = z.infer<typeof system.healthAnswer>;
export type Settings = z.infer<typeof system.settings>;
export type SettingsPatch = z.input<typeof system.settingsPatch>;

export type LiveTopic = z.infer<typeof live.liveTopic>;
export type LiveRequest = z.input<typeof live.liveRequest>;
export type LiveMessage = z.infer<typeof live.liveMessage>;
export type DeviceStatus = z.infer<typeof live.deviceStatus>;
export type MonitorResult = z.infer<typeof live.monitorResult>;
