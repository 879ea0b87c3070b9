/** Times in which a device was not normal, drawn behind the lines: tinted, and hatched so that no one needs the colour. */
import type uPlot from 'uplot';
import { type ChartColors, withAlpha } from './colors.ts';

export type BandKind = 'offline' | 'unknown' | 'maintenance';

export interface Band {
  readonly fromS: number;
  readonly toS: number;
  readonly kind: BandKind;
}

const HATCH_PX = 8;

/** A uPlot hook for `drawClear`. `bands` is asked at every draw. */
export function drawBands(bands: () => readonly Band[], colors: ChartColors): (plot: uPlot) => void {
  return (plot) => {
    const { ctx, bbox } = plot;
    for (const band of bands()) {
      const left = Math.max(plot.valToPos(band.fromS, 'x', true), bbox.left);
      const right = Math.min(plot.valToPos(band.toS, 'x', true), bbox.left + bbox.width);
      if (!(right > left)) continue;
      const color = colors[band.kind];
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, bbox.top, Math.max(right - left, 2), bbox.height);
      ctx.clip();
      ctx.fillStyle = withAlpha(color, 0.09);
      ctx.fill();
      ctx.strokeStyle = withAlpha(color, 0.28);
      ctx.lineWidth = devicePixelRatio;
      ctx.beginPath();
      const step = HATCH_PX * devicePixelRatio;
      const lean = band.kind === 'maintenance' ? -1 : 1;
      for (let x = left - bbox.height; x < right + bbox.height; x += step) {
        ctx.moveTo(x, bbox.top + (lean > 0 ? bbox.height : 0));
        ctx.lineTo(x + bbox.height, bbox.top + (lean > 0 ? 0 : bbox.height));
      }
      ctx.stroke();
      ctx.restore();
    }
  };
}
