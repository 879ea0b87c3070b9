/** What a channel is asked to tell: one alert's change, or a test. Stored as JSON in the queue, so that a restart loses nothing. */
import type { Severity } from '../model/health.ts';

export interface AlertMessage {
  readonly kind: 'firing' | 'resolved' | 'test';
  readonly alert_id: number | null;
  readonly fingerprint: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly value: number | null;
  readonly started_at: string;
  readonly resolved_at: string | null;
}

const WORDS = { firing: 'FIRING', resolved: 'RESOLVED', test: 'TEST' } as const;

/** One line: state, severity, rule, device. */
export function subjectOf(message: AlertMessage): string {
  const where = message.labels.device ?? message.labels.address ?? '';
  return `[${WORDS[message.kind]}] ${message.severity}: ${message.rule}${where ? ` on ${where}` : ''}`;
}

/** A plain text that says what, where, since when. */
export function textOf(message: AlertMessage): string {
  const lines = [
    message.annotations.summary ?? subjectOf(message),
    ...(message.annotations.description ? ['', message.annotations.description] : []),
    '',
    `State: ${WORDS[message.kind].toLowerCase()}`,
    `Severity: ${message.severity}`,
    `Rule: ${message.rule}`,
    ...(message.value === null ? [] : [`Value: ${message.value}`]),
    `Since: ${message.started_at}`,
    ...(message.resolved_at ? [`Until: ${message.resolved_at}`] : []),
    '',
    ...Object.entries(message.labels)
      .sort()
      .map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** The message that `POST /channels/:id/test` sends. */
export function testMessage(nowMs: number): AlertMessage {
  return {
    kind: 'test',
    alert_id: null,
    fingerprint: 'test',
    rule: 'Test message',
    severity: 'info',
    labels: {},
    annotations: { summary: 'This is a test from Telltale. If you can read it, the channel works.' },
    value: null,
    started_at: new Date(nowMs).toISOString(),
    resolved_at: null,
  };
}
