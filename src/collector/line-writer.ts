/** Rows to line protocol, into one buffer that is used again and again. */
import type { PolledRow } from '../templates/poll-plan.ts';

const FIRST_BYTES = 64 << 10;
/** UTF-16 code units become at most three bytes of UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

export class LineWriter {
  #buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;
  #rows = 0;

  get byteLength(): number {
    return this.#length;
  }

  get rows(): number {
    return this.#rows;
  }

  /**
   * Adds one row. Values that are no finite numbers are left out; a row without any field is none.
   * @param key of the row, from `RowKeys`
   */
  write(key: string, fields: Readonly<Record<string, number>>, timeMs: number): void {
    let text = key;
    let separator = ' ';
    for (const name in fields) {
      const value = fields[name]!;
      if (!Number.isFinite(value)) continue;
      text += `${separator}${name}=${value}`;
      separator = ',';
    }
    if (separator === ' ') return;
    text += ` ${timeMs}\n`;
    if (this.#buffer.length - this.#length < text.length * MAX_BYTES_PER_UNIT)
      this.#grow(text.length * MAX_BYTES_PER_UNIT);
    this.#length += this.#buffer.write(text, this.#length);
    this.#rows++;
  }

  /** What was written since the last call: a view, valid until the next `write`. */
  take(): Uint8Array {
    const view = this.#buffer.subarray(0, this.#length);
    this.#length = 0;
    this.#rows = 0;
    return view;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#length + needed));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** The escaped beginnings of a monitor's lines: measurement and tags. Rows come again in every poll. */
export class RowKeys {
  readonly #suffix: string;
  readonly #keys = new WeakMap<object, string>();

  constructor(deviceId: string, monitorId: string) {
    this.#suffix = `,device_id=${escapeTag(deviceId)},monitor_id=${escapeTag(monitorId)}`;
  }

  /** Tags objects that are used again, as the interface table's are, are escaped once. */
  of(row: PolledRow): string {
    const known = this.#keys.get(row.tags);
    if (known?.startsWith(`${row.measurement},`)) return known;
    let key = escapeMeasurement(row.measurement) + this.#suffix;
    for (const name in row.tags) {
      const value = escapeTag(row.tags[name]!);
      if (value !== '') key += `,${escapeTag(name)}=${value}`;
    }
    this.#keys.set(row.tags, key);
    return key;
  }
}

function escapeMeasurement(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[ ,]/g, '\\$&');
}

/** Line protocol cannot express a line break, nor a backslash at the end of a tag. */
function escapeTag(text: string): string {
  if (/^[\w./:-]*$/.test(text)) return text;
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/\\+$/, '')
    .replace(/[ ,=]/g, '\\$&');
}
