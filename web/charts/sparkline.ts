/** A line the size of a word, in SVG: the trend beside a number. */
import { html, type VNode } from '../html.ts';

export interface SparklineProps {
  readonly values: readonly (number | null)[];
  readonly width?: number;
  readonly height?: number;
  /** Top of the scale; the largest value if it is absent. */
  readonly max?: number | undefined;
  readonly hasArea?: boolean;
}

interface Size {
  readonly width: number;
  readonly height: number;
  readonly max?: number | undefined;
}

interface SparkPaths {
  readonly line: string;
  readonly area: string;
}

/** Paths of the line, broken at gaps, and of the area below it. */
export function sparkPaths(values: readonly (number | null)[], { width, height, max }: Size): SparkPaths {
  const top = max ?? Math.max(0, ...values.map((value) => value ?? 0));
  const scale = top > 0 ? (height - 2) / top : 0;
  const stepX = values.length > 1 ? width / (values.length - 1) : 0;
  const runs: string[][] = [];
  let run: string[] | undefined;
  values.forEach((value, index) => {
    if (value === null) {
      run = undefined;
      return;
    }
    if (!run) {
      run = [];
      runs.push(run);
    }
    run.push(`${(index * stepX).toFixed(1)} ${(height - 1 - Math.min(value, top) * scale).toFixed(1)}`);
  });
  const line = runs.map((points) => `M${points.join('L')}`).join('');
  const area = runs.map((points) => {
    const [first, last] = [points[0]!.split(' ')[0]!, points.at(-1)!.split(' ')[0]!];
    return `M${first} ${height}L${points.join('L')}L${last} ${height}Z`;
  });
  return { line, area: area.join('') };
}

export function Sparkline({ values, width = 84, height = 20, max, hasArea = false }: SparklineProps): VNode {
  const { line, area } = sparkPaths(values, { width, height, max });
  return html`<svg class="sparkline" width=${width} height=${height} viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
    ${hasArea && html`<path class="sparkline-area" d=${area} />`}
    <path class="sparkline-line" d=${line} />
  </svg>`;
}
