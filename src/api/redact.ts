/** Takes secrets out of what goes into the audit log. By name, so that a key added tomorrow is caught too. */
const SECRET_NAME = /pass(word|phrase)?$|secret|community|token|credential$|setup_code|(^|_)key$|authorization/i;
const MAX_STRING = 500;
const MAX_ITEMS = 50;

export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string')
    return value.length > MAX_STRING ? `${value.slice(0, MAX_STRING)}…` : withoutUrlSecrets(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth >= 6) return '…';
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map((item) => redact(item, depth + 1));
    return value.length > MAX_ITEMS ? [...items, `… ${value.length - MAX_ITEMS} more`] : items;
  }
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    SECRET_NAME.test(key) && item !== null && item !== undefined ? '***' : redact(item, depth + 1),
  ]);
  return Object.fromEntries(entries);
}

/** Hooks of chat programs carry their secret in path and query. */
export function withoutUrlSecrets(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return text;
  return `${new URL(text).origin}/…`;
}
