/** The legend of a chart: names, and the values under the crosshair or the newest ones. Click hides a line. */
import { formatValue, type Unit } from '../format/units.ts';
import { html, type VNode } from '../html.ts';
import { seriesToken } from './colors.ts';
import { summarize } from './frame.ts';

export interface LegendLine {
  readonly key: string;
  readonly name: string;
  readonly colorIndex: number;
  readonly values: readonly (number | null)[];
  readonly isHidden: boolean;
}

interface LegendProps {
  readonly lines: readonly LegendLine[];
  readonly unit: Unit;
  readonly cursorIndex: number | null;
  /** With minimum, mean and maximum: for a page that shows one chart. */
  readonly isFull: boolean;
  readonly onToggle: (key: string) => void;
}

export function Legend({ lines, unit, cursorIndex, isFull, onToggle }: LegendProps): VNode {
  const value = (line: LegendLine): string => {
    const shown = cursorIndex === null ? summarize(line.values)?.last : line.values[cursorIndex];
    return formatValue(shown, unit);
  };
  return isFull
    ? html`<${FullLegend} lines=${lines} unit=${unit} value=${value} cursorIndex=${cursorIndex} onToggle=${onToggle} />`
    : html`<ul class="legend">
        ${lines.map(
          (line) => html`<li key=${line.key}>
            <button type="button" class="legend-item" aria-pressed=${!line.isHidden} onClick=${() => onToggle(line.key)}>
              <i class="swatch" style=${{ background: seriesToken(line.colorIndex) }}></i>
              <span class="clip">${line.name}</span><b>${value(line)}</b>
            </button>
          </li>`,
        )}
      </ul>`;
}

interface FullLegendProps extends Pick<LegendProps, 'lines' | 'unit' | 'cursorIndex' | 'onToggle'> {
  readonly value: (line: LegendLine) => string;
}

function FullLegend({ lines, unit, value, cursorIndex, onToggle }: FullLegendProps): VNode {
  return html`<div class="legend-table" role="region" aria-label="Series" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">Series</th>
          <th scope="col" class="num">${cursorIndex === null ? 'Last' : 'At cursor'}</th>
          <th scope="col" class="num">Min</th>
          <th scope="col" class="num">Mean</th>
          <th scope="col" class="num">Max</th>
        </tr>
      </thead>
      <tbody>
        ${lines.map((line) => {
          const summary = summarize(line.values);
          return html`<tr key=${line.key}>
            <td>
              <button
                type="button"
                class="legend-item"
                aria-pressed=${!line.isHidden}
                onClick=${() => onToggle(line.key)}
              >
                <i class="swatch" style=${{ background: seriesToken(line.colorIndex) }}></i>
                <span class="break">${line.name}</span>
              </button>
            </td>
            <td class="num">${value(line)}</td>
            <td class="num">${formatValue(summary?.min, unit)}</td>
            <td class="num">${formatValue(summary?.mean, unit)}</td>
            <td class="num">${formatValue(summary?.max, unit)}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}
