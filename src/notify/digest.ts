/** Many alerts told in one message, for channels that people read: what fires first, worst first, a line an alert. */
import { SEVERITIES } from '../model/health.ts';
import { type AlertMessage, oneLine, timeText } from './message.ts';

/** Rules that a subject names. */
const NAMED_RULES = 3;

/** `[FIRING] critical: 37 alerts: Device offline (35), CPU busy (2); 5 resolved`. */
export function digestSubject(messages: readonly AlertMessage[]): string {
  const firing = messages.filter(({ kind }) => kind === 'firing');
  const over = messages.length - firing.length;
  if (firing.length === 0) return oneLine(`[RESOLVED] ${count(over)}: ${rulesOf(messages)}`);
  const worst = SEVERITIES[Math.max(...firing.map(rank))];
  const more = over > 0 ? `; ${over} resolved` : '';
  return oneLine(`[FIRING] ${worst}: ${count(firing.length)}: ${rulesOf(firing)}${more}`);
}

export function digestText(messages: readonly AlertMessage[]): string {
  const firing = messages.filter(({ kind }) => kind === 'firing');
  const resolved = messages.filter(({ kind }) => kind === 'resolved');
  const head = [
    ...(firing.length > 0 ? [`${count(firing.length)} firing`] : []),
    ...(resolved.length > 0 ? [`${count(resolved.length)} resolved`] : []),
  ];
  return [`${head.join(', ')}.`, ...sections('FIRING', firing), ...sections('RESOLVED', resolved)].join('\n');
}

function sections(word: string, messages: readonly AlertMessage[]): string[] {
  const groups = [...Map.groupBy(messages, ({ severity, rule }) => `${severity}: ${rule}`)];
  groups.sort(([, [a]], [, [b]]) => rank(b) - rank(a));
  return groups.flatMap(([title, entries]) => ['', `${word} ${title} (${entries.length})`, ...entries.map(line), '']);
}

function line({ annotations, labels, rule, started_at, resolved_at, time_zone, resolution }: AlertMessage): string {
  const what = annotations.summary ?? `${rule}${labels.device ? ` on ${labels.device}` : ''}`;
  const until = resolved_at ? ` until ${timeText(resolved_at, time_zone)}` : '';
  const why = resolution ? `; ${resolution}` : '';
  return `  - ${oneLine(what)}, since ${timeText(started_at, time_zone)}${until}${why}`;
}

function rulesOf(messages: readonly AlertMessage[]): string {
  const counts = [...Map.groupBy(messages, ({ rule }) => rule)].map(([rule, { length }]) => [rule, length] as const);
  counts.sort(([, a], [, b]) => b - a);
  const named = counts.slice(0, NAMED_RULES).map(([rule, n]) => `${rule} (${n})`);
  const rest = counts.length - named.length;
  return named.join(', ') + (rest > 0 ? ` and ${rest} more rules` : '');
}

const rank = (message: AlertMessage | undefined): number => (message ? SEVERITIES.indexOf(message.severity) : -1);
const count = (n: number): string => `${n} alert${n === 1 ? '' : 's'}`;
