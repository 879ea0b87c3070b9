/** Health of a device, worst last among the judged ones. */
export const HEALTH = ['discovering', 'healthy', 'warning', 'critical', 'offline', 'unknown', 'maintenance'] as const;
export type Health = (typeof HEALTH)[number];

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const ALERT_STATES = ['pending', 'firing', 'resolved'] as const;
export type AlertState = (typeof ALERT_STATES)[number];
