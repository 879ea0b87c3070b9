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
  /** Why it is over, as a sentence, when it is not that its expression does not hold any more. */
  readonly resolution?: string | null;
  /** Of the device's site (IANA): people read their own clocks. */
  readonly time_zone?: string | null;
}

const WORDS = { firing: 'FIRING', resolved: 'RESOLVED', test: 'TEST' } as const;

/** One line: state, severity, rule, device. */
export function subjectOf(message: AlertMessage): string {
  const where = message.labels.device ?? message.labels.address ?? '';
  return oneLine(`[${WORDS[message.kind]}] ${message.severity}: ${message.rule}${where ? ` on ${where}` : ''}`);
}

/** A plain text that says what, where, since when. */
export function textOf(message: AlertMessage): string {
  const { annotations, time_zone: zone, started_at: start, resolved_at: end } = message;
  const lines = [
    annotations.summary ?? subjectOf(message),
    ...(annotations.description ? ['', annotations.description] : []),
    '',
    `State: ${WORDS[message.kind].toLowerCase()}`,
    `Severity: ${message.severity}`,
    `Rule: ${message.rule}`,
    ...(message.value === null ? [] : [`Value: ${Number(message.value.toPrecision(6))}`]),
    `Since: ${timeText(start, zone)}`,
    ...(end ? [`Until: ${timeText(end, zone)}`, `Lasted: ${durationText(start, end)}`] : []),
    ...(message.resolution ? [`Resolved because: ${message.resolution}`] : []),
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

/** Headers must not hold line ends, wherever a name comes from. */
export const oneLine = (text: string): string => text.replaceAll(/\p{C}+/gu, ' ').trim();

/** `2026-01-05 09:00:00 Europe/Berlin (08:00:00 UTC)`. */
export function timeText(iso: string, zone: string | null | undefined): string {
  const utc = iso.slice(0, 19).replace('T', ' ');
  if (!zone || zone === 'UTC') return `${utc} UTC`;
  // Swedish dates are ISO 8601.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  return `${format.format(new Date(iso))} ${zone} (${utc.slice(11)} UTC)`;
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** The two largest units: `2 h 5 min`. */
function durationText(startIso: string, endIso: string): string {
  let rest = Math.max(0, Math.round((Date.parse(endIso) - Date.parse(startIso)) / 1000));
  const parts: string[] = [];
  for (const [unit, seconds] of UNITS) {
    const n = Math.floor(rest / seconds);
    rest -= n * seconds;
    if (n > 0 || (unit === 's' && parts.length === 0)) parts.push(`${n} ${unit}`);
    else if (parts.length > 0) break;
  }
  return parts.slice(0, 2).join(' ');
}
