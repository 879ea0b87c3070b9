/** Colours of the canvas, read from the tokens of the scheme that is shown. */

export interface ChartColors {
  readonly text: string;
  readonly grid: string;
  readonly axis: string;
  readonly surface: string;
  readonly offline: string;
  readonly unknown: string;
  readonly maintenance: string;
  readonly series: readonly string[];
}

const SERIES_COUNT = 8;

/** A token is resolved by letting an element wear it: `light-dark()` has no value before that. */
export function readColors(host: HTMLElement): ChartColors {
  const probe = document.createElement('span');
  probe.hidden = true;
  host.append(probe);
  const read = (token: string): string => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };
  const colors: ChartColors = {
    text: read('text-3'),
    grid: read('line'),
    axis: read('line-strong'),
    surface: read('surface'),
    offline: read('offline'),
    unknown: read('unknown'),
    maintenance: read('maintenance'),
    series: Array.from({ length: SERIES_COUNT }, (_, index) => read(`series-${index + 1}`)),
  };
  probe.remove();
  return colors;
}

/** The token of a series by its place, for legends. */
export function seriesToken(index: number): string {
  return `var(--series-${(index % SERIES_COUNT) + 1})`;
}

export function seriesColor(colors: ChartColors, index: number): string {
  return colors.series[index % SERIES_COUNT]!;
}

/** `rgb(r, g, b)` with an alpha. */
export function withAlpha(color: string, alpha: number): string {
  return color.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}
