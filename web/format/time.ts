/** Times as people read them: relative in the text, absolute (local, with zone) in the title. */

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

/** `just now`, `40 s ago`, `5 min ago`, `3 h ago`, `2 d ago`, then the date. Also `in 5 min`. */
export function relativeTime(timeMs: number, nowMs: number): string {
  const seconds = Math.round((nowMs - timeMs) / 1000);
  const size = Math.abs(seconds);
  if (size < 5) return 'just now';
  const words = (text: string) => (seconds > 0 ? `${text} ago` : `in ${text}`);
  if (size < MINUTE_S) return words(`${size} s`);
  if (size < HOUR_S) return words(`${Math.round(size / MINUTE_S)} min`);
  if (size < DAY_S) return words(`${Math.round(size / HOUR_S)} h`);
  if (size < 30 * DAY_S) return words(`${Math.round(size / DAY_S)} d`);
  return dateText(timeMs);
}

/** `2026-11-21 09:31:05 UTC+1`, in the browser's zone. */
export function absoluteTime(timeMs: number): string {
  const date = new Date(timeMs);
  return `${dateText(timeMs)} ${clockText(timeMs)}:${two(date.getSeconds())} ${zoneText(date)}`;
}

export function dateText(timeMs: number): string {
  const date = new Date(timeMs);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** `09:31`. */
export function clockText(timeMs: number): string {
  const date = new Date(timeMs);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

function zoneText(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? '' : `:${two(size % 60)}`;
  return `UTC${minutes > 0 ? '+' : '−'}${Math.floor(size / 60)}${rest}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Milliseconds of an ISO 8601 text, or undefined for none. */
export function parseTime(text: string | null | undefined): number | undefined {
  if (!text) return undefined;
  const value = Date.parse(text);
  return Number.isNaN(value) ? undefined : value;
}
