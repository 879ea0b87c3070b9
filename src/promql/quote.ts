/** String literals as Go writes and reads them, because PromQL's escapes and its error messages are Go's. */

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};
const NAMES = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
]);
const LONE_SURROGATE = /^[\ud800-\udfff]$/;
const PLAIN = /^[ !#-[\]-~]*$/;
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/**
 * The byte-preserving stand-in for a byte that is not UTF-8 (from an escape such as `\xff`): a lone low surrogate, as in
 * Python's surrogateescape. Valid text never contains one, so such names and values can be recognised and refused.
 */
function strayByte(byte: number): string {
  return String.fromCharCode(0xdc00 + byte);
}

/** Double-quoted, escaped form of a string. */
export function quote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  let out = '"';
  for (const char of text) {
    const named = NAMES.get(char);
    if (named !== undefined) out += named;
    else if (LONE_SURROGATE.test(char)) out += `\\x${(char.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`;
    else if (PRINTABLE.test(char)) out += char;
    else {
      const code = char.codePointAt(0)!;
      if (code < 0x80) out += `\\x${code.toString(16).padStart(2, '0')}`;
      else if (code < 0x10000) out += `\\u${code.toString(16).padStart(4, '0')}`;
      else out += `\\U${code.toString(16).padStart(8, '0')}`;
    }
  }
  return `${out}"`;
}

/** Whether every character stands for itself: no byte came from an escape that is not UTF-8. */
export function isWellFormed(text: string): boolean {
  return text.isWellFormed();
}

/** Value of a literal with its quotes (double, single or back quotes), or undefined when an escape is wrong. */
export function unquote(literal: string): string | undefined {
  const mark = literal[0];
  const body = literal.slice(1, -1);
  if (mark === '`') return body.replaceAll('\r', '');
  if (!body.includes('\\')) return body;
  let out = '';
  const bytes: number[] = [];
  const flush = () => {
    if (bytes.length > 0) out += decodeBytes(bytes.splice(0));
  };
  for (let i = 0; i < body.length; i++) {
    if (body[i] !== '\\') {
      flush();
      out += body[i];
      continue;
    }
    const code = body[++i] ?? '';
    const size = code === 'x' ? 2 : code === 'u' ? 4 : code === 'U' ? 8 : 0;
    if (size > 0) {
      const digits = body.slice(i + 1, i + 1 + size);
      if (digits.length !== size || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
      const value = Number.parseInt(digits, 16);
      i += size;
      if (code === 'x') {
        bytes.push(value);
        continue;
      }
      if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return undefined;
      flush();
      out += String.fromCodePoint(value);
    } else if (code >= '0' && code <= '7') {
      const digits = body.slice(i, i + 3);
      if (!/^[0-3][0-7]{2}$/.test(digits)) return undefined;
      bytes.push(Number.parseInt(digits, 8));
      i += 2;
    } else {
      const plain = SIMPLE[code];
      if (plain === undefined || ((code === '"' || code === "'") && code !== mark)) return undefined;
      flush();
      out += plain;
    }
  }
  flush();
  return out;
}

/** UTF-8 text of escaped bytes; those that are none become stray bytes. */
function decodeBytes(bytes: readonly number[]): string {
  let out = '';
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i]!;
    const size = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : 4;
    const decoded = first < 0xf5 ? new TextDecoder().decode(Uint8Array.from(bytes.slice(i, i + size))) : '\ufffd';
    if (decoded.includes('\ufffd')) {
      out += strayByte(first);
      i++;
    } else {
      out += decoded;
      i += size;
    }
  }
  return out;
}
