/** Chooses the time range of a page; it is part of the address, so that a link shows what its sender saw. */
import { absoluteTime } from '../format/time.ts';
import { html, useMemo, type VNode } from '../html.ts';
import { useParam } from '../router.ts';
import { DEFAULT_RANGE, fixedRangeText, parseRange, RANGE_CHOICES, type TimeRange } from './range.ts';

export interface PageRange {
  readonly text: string;
  readonly range: TimeRange;
  readonly setText: (text: string) => void;
  readonly zoom: (fromS: number, toS: number) => void;
}

/** The range in the address bar. */
export function usePageRange(fallback = DEFAULT_RANGE): PageRange {
  const [text, setText] = useParam('range', fallback);
  const range = useMemo(() => parseRange(text), [text]);
  return { text, range, setText, zoom: (fromS, toS) => setText(fixedRangeText(fromS, toS)) };
}

export function RangePicker({ page }: { readonly page: PageRange }): VNode {
  const { range } = page;
  return html`<div class="line">
    ${
      range.kind === 'fixed' &&
      html`<span class="tag">${absoluteTime(range.fromS * 1000)} – ${absoluteTime(range.toS * 1000)}</span>`
    }
    <div class="segments" role="group" aria-label="Time range">
      ${RANGE_CHOICES.map(
        (choice) => html`<button
          type="button"
          key=${choice.name}
          aria-pressed=${range.kind === 'last' && choice.name === page.text}
          onClick=${() => page.setText(choice.name)}
        >
          ${choice.label}
        </button>`,
      )}
    </div>
  </div>`;
}
