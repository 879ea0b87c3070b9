/** Pieces of PromQL made safely from values. */

/** A string literal. */
export function quote(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** `metric{name="value", …}`. */
export function selector(metric: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${quote(value)}`);
  return pairs.length === 0 ? metric : `${metric}{${pairs.join(', ')}}`;
}

/** `$w` is an averaging window that misses no sample, `$r` one that is wide enough for a rate. */
export function withWindows(expression: string, stepS: number, intervalS: number): string {
  const average = Math.ceil(Math.max(stepS, intervalS * 2.5));
  const rate = Math.ceil(Math.max(stepS, intervalS * 4));
  return expression.replaceAll('$w', `${average}s`).replaceAll('$r', `${rate}s`);
}
