/** Values as agents send them, seen as number, text or truth. */
import type { SnmpValue } from './poll-plan.ts';

export type Value = SnmpValue | undefined;

const NUMERIC = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
const utf8 = new TextDecoder('utf-8', { fatal: true });
const latin1 = new TextDecoder('windows-1252');

/** A number, also from text that is nothing but a number (agents send `"23.5"`). */
export function toNumber(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (value === undefined) return undefined;
  if (typeof value === 'bigint') return Number(value);
  const text = toText(value)!;
  return NUMERIC.test(text) ? Number(text) : undefined;
}

/** Text as people read it: control characters and padding gone, UTF-8 where it is, else Latin-1. */
export function toText(value: Value): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return String(value);
  const end = value.indexOf(0);
  // Some agents pad with zeros, some end with one; a text that begins with zero is empty.
  const bytes = end >= 0 ? value.subarray(0, end) : value;
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    text = latin1.decode(bytes);
  }
  return text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
}

/** `aa:bb:cc:dd:ee:ff`; agents send six octets or the text itself. */
export function toMac(value: Value): string | undefined {
  if (value === undefined || typeof value === 'number' || typeof value === 'bigint') return undefined;
  if (typeof value === 'object' && value.length === 6) {
    return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join(':');
  }
  const digits = toText(value)!.replace(/[^0-9a-f]/gi, '');
  return digits.length === 12 ? digits.toLowerCase().replace(/(..)(?=.)/g, '$1:') : undefined;
}

export function isTrue(value: Value): boolean {
  if (value === undefined || value === 0 || value === '') return false;
  return !(typeof value === 'object' && value.length === 0);
}
