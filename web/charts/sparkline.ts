/** A line the size of a word, in SVG: the trend beside a number. */
import { html, type VNode } from '../html.ts';

export interface SparklineProps {
  readonly values: readonly (number | null)[];
  readonly width?: number;
  readonly height?: number;
  /** Top of the scale; the largest value if it is absent. */
  readonly max?: number;
  /** CSS colour. */
  readonly color?: string;
}

/** Path of a line, broken at gaps. Pure, for tests. */
export function sparkPath(values: readonly (number | null)[], width: number, height: number, max?: number): string {
  const top = max ?? Math.max(...values.map((value) => value ?? 0), 0);
  const scale = top > 0 ? (height - 2) / top : 0;
  const stepX = values.length > 1 ? width / (values.length - 1) : 0;
  let path = '';
  let isDown = false;
  values.forEach((value, index) => {
    if (value === null) {
      isDown = false;
      return;
    }
    const x = (index * stepX).toFixed(1);
    const y = (height - 1 - Math.min(value, top) * scale).toFixed(1);
    path += `${isDown ? 'L' : 'M'}${x} ${y}`;
    isDown = true;
  });
  return path;
}

export function Sparkline({ values, width = 84, height = 20, max, color = 'var(--series-1)' }: SparklineProps): VNode {
  return html`<svg class="sparkline" width=${width} height=${height} viewBox="0 0 ${width} ${height}" aria-hidden="true">
    <path d=${sparkPath(values, width, height, max)} fill="none" stroke=${color} stroke-width="1.3" stroke-linejoin="round" />
  </svg>`;
}
