/** Parses JSON that strangers wrote; when it is none, says where and at which character ('' at the end). */
export type ParsedJson =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly offset: number; readonly found: string };

export function parseJson(text: string): ParsedJson {
  const message = errorOf(text);
  if (message === undefined) return { kind: 'value', value: JSON.parse(text) };
  const offset = Number(/at position (\d+)/.exec(message)?.[1] ?? firstWrong(text));
  return { kind: 'error', offset, found: text.slice(offset, offset + 1) };
}

function errorOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return (error as SyntaxError).message;
  }
}

/**
 * Where the text stops being the beginning of JSON. The engine does not always tell; but a beginning that is merely too
 * short is refused for its end, one that holds the mistake for something before, so the place can be searched.
 */
function firstWrong(text: string): number {
  let right = 0;
  let wrong = 1;
  while (wrong < text.length && !isWrong(text.slice(0, wrong))) {
    right = wrong;
    wrong *= 2;
  }
  wrong = Math.min(wrong, text.length);
  if (!isWrong(text.slice(0, wrong))) return text.length;
  while (wrong - right > 1) {
    const middle = (right + wrong) >> 1;
    if (isWrong(text.slice(0, middle))) wrong = middle;
    else right = middle;
  }
  return wrong - 1;
}

function isWrong(beginning: string): boolean {
  const message = errorOf(beginning);
  if (message === undefined || /end of JSON|Unterminated/.test(message)) return false;
  const position = /at position (\d+)/.exec(message)?.[1];
  return position === undefined || Number(position) < beginning.length;
}
