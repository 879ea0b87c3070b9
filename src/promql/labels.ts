/** Operations on label pairs (`name, value, …`, sorted by name, no empty values). All return new arrays. */
import type { LabelPairs } from '../model/series.ts';
import { quote } from './quote.ts';

export const METRIC_NAME = '__name__';

/** Value of a label, '' when absent. */
export function labelValue(labels: LabelPairs, name: string): string {
  for (let i = 0; i < labels.length; i += 2) if (labels[i] === name) return labels[i + 1]!;
  return '';
}

export function keepLabels(labels: LabelPairs, names: ReadonlySet<string>): LabelPairs {
  const out: string[] = [];
  for (let i = 0; i < labels.length; i += 2) if (names.has(labels[i]!)) out.push(labels[i]!, labels[i + 1]!);
  return out;
}

export function dropLabels(labels: LabelPairs, names: ReadonlySet<string>): LabelPairs {
  const out: string[] = [];
  for (let i = 0; i < labels.length; i += 2) if (!names.has(labels[i]!)) out.push(labels[i]!, labels[i + 1]!);
  return out;
}

const NAME_ONLY: ReadonlySet<string> = new Set([METRIC_NAME]);

export function dropName(labels: LabelPairs): LabelPairs {
  return labels.includes(METRIC_NAME) ? dropLabels(labels, NAME_ONLY) : labels;
}

/** With one label set, or removed when `value` is empty. */
export function withLabel(labels: LabelPairs, name: string, value: string): LabelPairs {
  const out: string[] = [];
  let placed = value === '';
  for (let i = 0; i < labels.length; i += 2) {
    const current = labels[i]!;
    if (!placed && current >= name) {
      out.push(name, value);
      placed = true;
    }
    if (current !== name) out.push(current, labels[i + 1]!);
  }
  if (!placed) out.push(name, value);
  return out;
}

/** A text that is equal exactly for equal labels. */
export function labelsKey(labels: LabelPairs): string {
  return labels.join('\u0000');
}

/** A text that is equal exactly for labels that agree on (or, with `without`, outside of) the sorted `names`. */
export function groupKey(labels: LabelPairs, names: readonly string[], without: boolean): string {
  let key = '';
  if (!without) {
    for (const name of names) key += `${labelValue(labels, name)}\u0000`;
    return key;
  }
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i]!;
    if (name !== METRIC_NAME && !names.includes(name)) key += `${name}\u0000${labels[i + 1]!}\u0000`;
  }
  return key;
}

/** Order of label sets: by name, then value, pair by pair; the shorter first. */
export function compareLabels(a: LabelPairs, b: LabelPairs): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
  }
  return a.length - b.length;
}

/** `{a="b", c="d"}`. */
export function formatLabels(labels: LabelPairs): string {
  const pairs: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i]!;
    pairs.push(`${/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : quote(name)}=${quote(labels[i + 1]!)}`);
  }
  return `{${pairs.join(', ')}}`;
}
