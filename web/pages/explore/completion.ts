/** What could come next in a PromQL expression: metric names, functions, label names or values. Pure, for tests. */

export type Wanted =
  | { readonly kind: 'name'; readonly part: string; readonly from: number }
  | { readonly kind: 'label'; readonly part: string; readonly from: number; readonly metric: string }
  | {
      readonly kind: 'value';
      readonly part: string;
      readonly from: number;
      readonly metric: string;
      readonly label: string;
    };

export const FUNCTIONS = [
  'abs',
  'absent',
  'avg',
  'avg_over_time',
  'bottomk',
  'ceil',
  'changes',
  'clamp_max',
  'clamp_min',
  'count',
  'count_over_time',
  'delta',
  'deriv',
  'floor',
  'group',
  'histogram_quantile',
  'increase',
  'irate',
  'label_replace',
  'last_over_time',
  'max',
  'max_over_time',
  'min',
  'min_over_time',
  'predict_linear',
  'quantile',
  'quantile_over_time',
  'rate',
  'resets',
  'round',
  'sort_desc',
  'stddev_over_time',
  'sum',
  'sum_over_time',
  'time',
  'timestamp',
  'topk',
] as const;

/** What the cursor is in: a label's value, a label's name, or a name outside of braces. */
export function wantedAt(text: string, cursor: number): Wanted | undefined {
  const before = text.slice(0, cursor);
  const brace = openBrace(before);
  if (brace === -1) {
    const part = /[a-zA-Z_:][\w:]*$/.exec(before)?.[0] ?? '';
    return part === '' ? undefined : { kind: 'name', part, from: cursor - part.length };
  }
  const metric = /([a-zA-Z_:][\w:]*)\s*$/.exec(before.slice(0, brace))?.[1] ?? '';
  const inside = before.slice(brace + 1);
  const value = /([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)\s*"([^"]*)$/.exec(inside);
  if (value) return { kind: 'value', label: value[1]!, part: value[2]!, from: cursor - value[2]!.length, metric };
  const part = /(?:^|,)\s*([a-zA-Z_]\w*)?$/.exec(inside);
  return part ? { kind: 'label', part: part[1] ?? '', from: cursor - (part[1] ?? '').length, metric } : undefined;
}

/** Index of the brace that is still open, or -1. Braces in strings do not count. */
function openBrace(text: string): number {
  let open = -1;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    if (isInString) {
      if (letter === '\\') i++;
      else if (letter === '"') isInString = false;
    } else if (letter === '"') isInString = true;
    else if (letter === '{') open = i;
    else if (letter === '}') open = -1;
  }
  return open;
}

/** Candidates that hold the part, those that begin with it first. */
export function rankCandidates(candidates: readonly string[], part: string, max: number): readonly string[] {
  const wanted = part.toLowerCase();
  const found = candidates.filter((each) => each.toLowerCase().includes(wanted) && each !== part);
  const begins = (each: string) => Number(!each.toLowerCase().startsWith(wanted));
  return found.sort((a, b) => begins(a) - begins(b) || a.length - b.length || a.localeCompare(b)).slice(0, max);
}
